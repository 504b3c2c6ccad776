import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { envelopeHead, envelopeTail } from "../render/envelope.js";
import { type Context, printAside } from "./context.js";
import { deliverReport } from "./report.js";

/**
 * Runs a command whose result goes to standard output as one JSON document, even if it fails. Includes warnings and
 * errors; those for a person still go to stderr too.
 *
 * @param command Its words, as in `secrets audit`.
 */
export async function answerInJson<T>(
  context: Context,
  command: string,
  run: (context: Context) => Promise<T>,
): Promise<T> {
  const diagnostics: AnyDiagnostic[] = [];
  let found: object | null = null;
  let begun = false;
  const finish = (): Promise<void> => {
    const head = begun ? "" : envelopeHead(command, found);
    const lines = head + envelopeTail(diagnostics);
    return deliverReport(context, { name: command.replaceAll(" ", "-"), lines, remarks: "", what: "answer" });
  };
  try {
    const done = await run({
      ...context,
      report: (diagnostic) => {
        diagnostics.push(diagnostic);
        (context.report ?? ((warning) => printAside(context, warning)))(diagnostic);
      },
      answer: {
        result: (result, more = []) => {
          found = result;
          diagnostics.push(...more);
        },
        deliver: async (result) => {
          await context.stdout.deliver(envelopeHead(command, result));
          begun = true;
        },
      },
    });
    await finish();
    return done;
  } catch (error) {
    if (error instanceof PhalanxError) {
      diagnostics.push(error.diagnostic, ...error.problems);
      await finish();
    }
    throw error;
  }
}
