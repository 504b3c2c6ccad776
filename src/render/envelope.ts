import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnosticJson } from "./diagnostic-json.js";
import { jsonText } from "./json.js";

/** Version of the envelope, not of its contents. */
const VERSION = 1;

/** The envelope up to its diagnostics, so that a result can be printed before everything is known. */
export function envelopeHead(command: string, result: object | null): string {
  return `${jsonText({ version: VERSION, command, result }).slice(0, -"\n}\n".length)},\n`;
}

export function envelopeTail(diagnostics: readonly AnyDiagnostic[]): string {
  return jsonText({ diagnostics: diagnostics.map(diagnosticJson) }).slice("{\n".length);
}
