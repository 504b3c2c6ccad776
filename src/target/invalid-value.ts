import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { ValueKind } from "../model/diagnostics/usage.js";

export function invalidValue(option: string, given: string, expected: ValueKind): PhalanxError {
  return new PhalanxError(diagnostic("option-value-invalid", { option, given, expected }));
}
