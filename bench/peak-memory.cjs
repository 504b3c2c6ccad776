// Loaded before the program: says at the end how much memory the process held at most, in kilobytes.
process.on("exit", () => process.stderr.write(`\npeak ${process.resourceUsage().maxRSS}\n`));
