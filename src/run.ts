import { main } from "./cli/program.js";
import { ExitCode } from "./errors.js";
import { onMistake, processContext } from "./process-context.js";

/** Runs the program with the arguments of this process. */
export async function run(): Promise<void> {
  onMistake();
  let outputFailed = false;
  const context = processContext(({ message }) => {
    outputFailed = true;
    process.stderr.write(`Error: ${message}\n`);
    process.exitCode = ExitCode.findings;
  });
  const exitCode = await main(context, process.argv.slice(2));
  process.exitCode = outputFailed ? ExitCode.findings : exitCode;
}
