/** Patterns that only credentials match. */
const KNOWN_FORMS = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/,
  /\bgithub_pat_\w{20,}/,
  /\bglpat-[\w-]{16,}/,
  /\bxox[abeprs]-[\w-]{10,}/,
  /hooks\.slack\.com\/services\/\w+\/\w+/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(hv[sbr]|s)\.[A-Za-z0-9_-]{20,}/,
  /(?<![\w-])gt-[\w-]{20,}\.[\w-]{20,}/,
  /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\./,
  /\bAIza[\w-]{30,}/,
  /\$2[aby]\$\d\d\$/,
  /^AGE-SECRET-KEY-1/,
  /\b\w{1,20}:\/\/[^\s/:@]+:[^\s/@]+@/,
];

/** Longer texts are judged by their start. */
const MAX_LENGTH = 10_000;
const MIN_LENGTH = 16;
/** Bits per character. English text without spaces has about 4, but not without a single digit or change of case. */
const MIN_ENTROPY = { hex: 3, other: 3.4 };

/** Whether a text is more likely a credential than a name, an address or a sentence. When in doubt, it is not. */
export function looksLikeCredential(value: string): boolean {
  const text = value.slice(0, MAX_LENGTH);
  if (KNOWN_FORMS.some((form) => form.test(text))) return true;
  return text.split(/[\s,;:"'`{}[\]()<>|=]+/).some(isRandomWord);
}

function isRandomWord(word: string): boolean {
  if (word.length < MIN_LENGTH || !/^[\w+/.~!@#$%^&*-]+$/.test(word)) return false;
  if (/^[0-9a-f]{16,}$/i.test(word)) return /\d/.test(word) && /[a-f]/i.test(word) && entropy(word) >= MIN_ENTROPY.hex;
  // Names are made up of words and numbers.
  const parts = word.split(/[-_./@+]+/).filter((part) => part !== "");
  if (parts.every(isWordOrNumber)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(word)).length;
  return kinds >= 2 && entropy(word) >= MIN_ENTROPY.other && parts.some((part) => part.length >= 8 && isMixed(part));
}

function isWordOrNumber(part: string): boolean {
  return /^([A-Z]?[a-z]+|[A-Z]+|\d+|[a-z]+\d{1,4}|v?\d+[a-z]{0,3}|[a-z]*([A-Z]+[a-z]{2,})*[A-Z]*)$/.test(part);
}

/** Switches between lower case, upper case and digits more often than any word does. */
function isMixed(part: string): boolean {
  const kinds = Array.from(part, (c) => (/[a-z]/.test(c) ? "a" : /[A-Z]/.test(c) ? "A" : /\d/.test(c) ? "0" : "."));
  return kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length >= part.length / 5;
}

function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
