import { runAction } from "./action/run.js";
import { processContext } from "./process-context.js";

const context = processContext((code) => {
  throw new Error(`standard output cannot be written (${code})`);
});
process.exitCode = await runAction(context);
