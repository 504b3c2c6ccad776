import { runAction } from "./action/run.js";
import { onMistake, processContext } from "./process-context.js";

onMistake();
const context = processContext((error) => {
  throw error;
});
void runAction(context).then((exitCode) => {
  process.exitCode = exitCode;
});
