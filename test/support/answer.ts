import { Ajv2020 } from "ajv/dist/2020.js";
import { renderAnswerSchema } from "../../src/render/answer-schema.js";

let validate: ReturnType<Ajv2020["compile"]> | undefined;

/** Rejects a command's output with --json unless it conforms to the published JSON Schema. */
export function requireAnswer(args: readonly string[], stdout: string): void {
  const next = args[args.indexOf("--json") + 1];
  const isAsked = args.includes("--json") && (next === undefined || next.startsWith("-") || args[0] !== "fleet");
  if (!isAsked || !stdout.startsWith("{")) return;
  validate ??= new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(renderAnswerSchema()) as object,
  );
  if (validate(JSON.parse(stdout))) return;
  const { command } = JSON.parse(stdout) as { command: string };
  const errors = validate.errors?.filter(({ message }) => !message?.startsWith("must be equal to constant")) ?? [];
  throw new Error(`the answer of ${command} is not what its schema says: ${JSON.stringify(errors.slice(0, 5))}`);
}
