import type { FleetReport } from "../../model/fleet-report.js";
import { jsonEscape, piecesOf } from "../json.js";
import { withSeen } from "../printable.js";

/** The page's script and style, and their hashes for the content security policy. */
interface PageCode {
  readonly script: string;
  readonly scriptHash: string;
  readonly style: string;
  readonly styleHash: string;
}

/** A PageCode as JSON; set by the build. */
declare const PHALANX_FLEET_PAGE: string;

/** One page that opens from disk, in pieces: it loads nothing, and runs nothing but its own script. */
export function* renderFleetHtml(report: FleetReport): Generator<string> {
  const { script, scriptHash, style, styleHash } = JSON.parse(PHALANX_FLEET_PAGE) as PageCode;
  // Fingerprints are only for merging shards.
  const { fingerprints: _, ...shown } = report;
  const policy = [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>phalanx: fleet audit</title>
<style>${style}</style>
</head>
<body>
<noscript><p>This page needs JavaScript to show its report, but JavaScript is turned off.</p></noscript>
<div id="page"></div>
<script type="application/json" id="report">`;
  yield* embeddedJson(shown);
  yield `</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that neither ends the element it stands in nor begins a comment, whatever the names in it are. */
export function* embeddedJson(value: unknown): Generator<string> {
  for (const piece of piecesOf(value, "")) yield withSeen(piece.replaceAll(/[<>&]/g, jsonEscape), jsonEscape);
}
