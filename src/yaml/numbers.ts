/** Python also rejects longer decimal numbers; and parsing them takes more than linear time. */
const MAX_DIGITS = 4300;

/** The integer of a YAML 1.1 spelling as PyYAML constructs it; undefined if it is not one. */
export function constructInt(text: string): number | bigint | undefined {
  // Nearly every integer in a configuration is this short.
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  const [negative, digits] = splitSign(text.replaceAll("_", "").trim());
  const magnitude = parseMagnitude(digits);
  if (magnitude === undefined) return undefined;
  const value = negative ? -magnitude : magnitude;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The number of a YAML 1.1 float spelling as PyYAML constructs it; undefined if it is not one. */
export function constructFloat(text: string): number | undefined {
  const [negative, digits] = splitSign(text.replaceAll("_", "").trim().toLowerCase());
  const magnitude = parseFloatMagnitude(digits);
  return magnitude === undefined ? undefined : negative ? -magnitude : magnitude;
}

function splitSign(text: string): [negative: boolean, rest: string] {
  return [text.startsWith("-"), /^[-+]/.test(text) ? text.slice(1) : text];
}

function parseMagnitude(digits: string): bigint | undefined {
  if (digits.length > MAX_DIGITS) return undefined;
  if (/^0b[01]+$|^0x[0-9a-fA-F]+$/.test(digits)) return BigInt(digits);
  if (/^0[0-7]*$/.test(digits)) return BigInt(`0o${digits}`);
  if (/^[1-9][0-9]*$/.test(digits)) return BigInt(digits);
  if (/^[1-9][0-9]*(?::[0-9]+)+$/.test(digits)) {
    return digits.split(":").reduce((total, part) => total * 60n + BigInt(part), 0n);
  }
  return undefined;
}

function parseFloatMagnitude(digits: string): number | undefined {
  if (digits === ".inf") return Infinity;
  if (digits === ".nan") return NaN;
  const parts = digits.split(":");
  if (!parts.every((part) => /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(part))) return undefined;
  // From the last part to the first, like PyYAML: the order of additions determines the last bit.
  let value = 0;
  let base = 1;
  for (const part of parts.toReversed()) {
    value += Number(part) * base;
    base *= 60;
  }
  return value;
}
