import { runAction } from "./action/run.js";
import { onMistake, processContext } from "./process-context.js";

onMistake();
const context = processContext((code) => {
  throw new Error(`standard output cannot be written (${code})`);
});
void runAction(context).then((exitCode) => {
  process.exitCode = exitCode;
});
