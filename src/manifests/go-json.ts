/** How numbers are written: with their original digits, or as Go writes them after reading them as float64. */
export type Numbers = "as-written" | "float64";

const MAX_DEPTH = 100;

/**
 * What Go's `json.Marshal` returns for a JSON text: sorted, without spaces, HTML-escaped. Undefined if it is not JSON.
 */
export function goJson(json: string, numbers: Numbers): string | undefined {
  try {
    // The text parsed below is known to be valid JSON.
    JSON.parse(json);
  } catch {
    return undefined;
  }
  const tokens = json.match(/"[^"\\]*(?:\\.[^"\\]*)*"?|[-+.\w]+|[[\]{},:]/g) ?? [];
  let at = 0;

  function value(depth: number): string {
    if (depth > MAX_DEPTH) throw new RangeError("too deep");
    const token = tokens[at++] ?? "";
    if (token === "{") return object(depth);
    if (token === "[") return `[${items(() => value(depth + 1)).join(",")}]`;
    if (token.startsWith('"')) return goString(token);
    return numbers === "float64" && /^[-\d]/.test(token) ? goNumber(Number(token)) : token;
  }

  function object(depth: number): string {
    // Of a repeated key, the last value wins.
    const members = new Map(
      items((): [string, string] => {
        const key = JSON.parse(tokens[at++] ?? "") as string;
        at += 1;
        return [key, value(depth + 1)];
      }),
    );
    const sorted = [...members].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `{${sorted.map(([key, text]) => `${goString(JSON.stringify(key))}:${text}`).join(",")}}`;
  }

  /** Up to and including the closing bracket. */
  function items<T>(next: () => T): T[] {
    const found: T[] = [];
    for (;;) {
      const token = tokens[at];
      if (token === "]" || token === "}") {
        at += 1;
        return found;
      }
      if (token === ",") at += 1;
      else found.push(next());
    }
  }

  try {
    return value(0);
  } catch {
    return undefined;
  }
}

function goNumber(number: number): string {
  // Go refuses it too.
  if (!Number.isFinite(number)) throw new RangeError("too large");
  return Object.is(number, -0) ? "-0" : String(number);
}

/** Like JavaScript's, except for characters special in HTML or JavaScript, and for unpaired surrogates. */
function goString(literal: string): string {
  const text = (JSON.parse(literal) as string).toWellFormed();
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A float64 without an exponent, as Go's `FormatFloat(number, 'f', -1, 64)`; undefined if it is not finite. */
export function plainDecimal(number: number): string | undefined {
  if (!Number.isFinite(number)) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]\d+))?$/.exec(goNumber(number)) ?? [];
  if (exponent === undefined) return goNumber(number);
  const shift = Number(exponent);
  const digits = `${whole}${fraction}`;
  return shift < 0
    ? `${sign}0.${"0".repeat(-shift - 1)}${digits}`
    : `${sign}${digits}${"0".repeat(shift - fraction.length)}`;
}
