// Loaded before the program: says at the end how much memory the process held at most, in kilobytes, and how many
// milliseconds of the processor it took.
process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write(`\npeak ${maxRSS}\nprocessor ${Math.round((userCPUTime + systemCPUTime) / 1000)}\n`);
});
