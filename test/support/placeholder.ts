import { summaryOf } from "../../src/render/diagnostic.js";
import type { Severity } from "../../src/model/diagnostic.js";

/**
 * The text of a code, with the names of its details in capitals. Words chosen by a table or a condition are shown as
 * `…`; empty if nothing else is left.
 */
export function wordsOf(code: string, severity: Severity): string {
  const named = (name: string): unknown =>
    name === "cause"
      ? { severity, code: "CAUSE", details: {} }
      : placeholder(name.replaceAll(/[A-Z]/g, "_$&").toUpperCase());
  const parts = new Proxy({}, { get: (_, name) => (typeof name === "string" ? named(name) : undefined) });
  try {
    const text = summaryOf({ severity, code, details: parts, subject: parts });
    return /\[object|NaN/.test(text) ? "" : text.replaceAll("undefined", "…").replaceAll(/TIMEZ\b/g, "TIME");
  } catch {
    return "";
  }
}

/** The length of a list: more than one, and shown as a word. */
const COUNT = { [Symbol.toPrimitive]: (hint: string) => (hint === "string" ? "COUNT" : 2) };

/** A value that reads as its name when used as a text, a number, a list with one such value or an object. */
function placeholder(name: string): unknown {
  const list: unknown[] = [];
  const made: unknown = new Proxy(() => name, {
    get: (_, property) => {
      if (property === Symbol.toPrimitive || property === "toString") return () => name;
      if (property === Symbol.iterator) return () => list[Symbol.iterator]();
      if (property === "length") return COUNT;
      if (property === "join") return () => name;
      if (typeof property === "symbol") return undefined;
      if (property in Array.prototype && !(property in String.prototype))
        return (...args: never[]) =>
          (list as unknown as Record<string, (...rest: never[]) => unknown>)[property]?.(...args);
      if (property in String.prototype)
        return (...args: never[]) =>
          (name as unknown as Record<string, (...rest: never[]) => unknown>)[property]?.(...args);
      // One of a list: FILES[1] is a FILE.
      if (/^\d+$/.test(property)) return placeholder(name.replace(/S$/, ""));
      return placeholder(property.replaceAll(/[A-Z]/g, "_$&").toUpperCase());
    },
  });
  list.push(made);
  return made;
}
