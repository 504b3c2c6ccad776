import type { DiagnosticJson } from "../model/diagnostic-json.js";

/** `file:line:column`, as far as they are known. */
export function placeText({ file, line, column }: NonNullable<DiagnosticJson["place"]>): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

/** A summary after its position: `file:line:column: summary`. */
export function lineFrom({ place, summary }: Pick<DiagnosticJson, "place" | "summary">): string {
  return place === undefined ? summary : `${placeText(place)}: ${summary}`;
}
