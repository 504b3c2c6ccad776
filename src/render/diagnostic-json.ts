import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { DiagnosticJson } from "../model/diagnostic-json.js";
import { hintOf, summaryOf } from "./diagnostic.js";

/** A diagnostic for programs: its data, and its text. */
export function diagnosticJson(diagnostic: AnyDiagnostic): DiagnosticJson {
  const { severity, code, subject, place, details } = diagnostic;
  const hint = hintOf(diagnostic);
  return {
    severity,
    code,
    ...(subject && { subject }),
    ...(place && { place }),
    details: { ...details },
    summary: summaryOf(diagnostic),
    ...(hint !== undefined && { hint }),
  };
}
