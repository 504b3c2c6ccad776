import { oneLine, printable } from "./printable.js";

/**
 * Markdown that renders a text literally. Character references are never interpreted as markup, links, mentions,
 * mathematics or emoji.
 */
export function markdownText(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*_{}[\]<>&|~!$:"'^=@#]|(?<=\bwww)\./gi, reference)
    .replaceAll(/&#(64|35);/g, "$&&#8203;");
}

/** A name in Markdown. */
export function markdownCode(text: string): string {
  return `<code>${printable(text).replaceAll(/[^\p{L}\p{N} /.,()>+-]|>/gu, reference)}</code>`;
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
