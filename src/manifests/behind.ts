import type { Delivery, DeliveryPart, Use } from "../model/consumer.js";

/** The Vault values that provide what is used of a Secret. */
export interface Behind {
  readonly path: string;
  /** Some keys; all but `except`; or, behind a template that cannot be analysed, any of them. */
  readonly keys: readonly string[] | "all" | "not-told";
  readonly except?: readonly string[];
}

/** The Vault values behind one data key of the delivered Secret; several, if several may provide it. */
export function keysBehind(delivery: Delivery, dataKey: string): readonly Behind[] {
  return delivery.parts.flatMap((part) => behindKey(part, dataKey) ?? []);
}

/** The same for what a consumer uses, one row per path. */
export function behindUse(delivery: Delivery, keys: Use["keys"]): readonly Behind[] {
  const rows = keys === "all" ? delivery.parts.map(behindAll) : keys.flatMap((key) => keysBehind(delivery, key));
  const paths = [...new Set(rows.map(({ path }) => path))];
  return paths.map((path) =>
    joined(
      path,
      rows.filter((row) => row.path === path),
    ),
  );
}

/** Whether a key is among them. */
export function isBehind({ keys, except }: Behind, key: string): boolean | "not-told" {
  if (keys === "not-told") return "not-told";
  return keys === "all" ? except?.includes(key) !== true : keys.includes(key);
}

function behindKey(part: DeliveryPart, dataKey: string): Behind | undefined {
  switch (part.kind) {
    case "keys": {
      const comes = part.only?.includes(dataKey) !== false && part.except?.includes(dataKey) !== true;
      return comes ? { path: part.path, keys: [dataKey] } : undefined;
    }
    case "key":
      return part.as === dataKey ? behindAll(part) : undefined;
    case "made":
      return part.as === undefined || part.as === dataKey ? behindAll(part) : undefined;
  }
}

function behindAll(part: DeliveryPart): Behind {
  switch (part.kind) {
    case "keys": {
      if (part.only !== undefined)
        return { path: part.path, keys: part.only.filter((key) => part.except?.includes(key) !== true) };
      return { path: part.path, keys: "all", ...(part.except === undefined ? {} : { except: part.except }) };
    }
    case "key":
      return { path: part.path, keys: [part.key] };
    case "made":
      return { path: part.path, keys: part.from ?? "not-told" };
  }
}

/** Merges several rows of one path: definite ones take precedence over unknown ones. */
function joined(path: string, rows: readonly Behind[]): Behind {
  const whole = rows.filter(({ keys }) => keys === "all");
  if (whole.length > 0) {
    const named = new Set(rows.flatMap(({ keys }) => (typeof keys === "string" ? [] : keys)));
    const except = (whole[0]?.except ?? []).filter(
      (key) => !named.has(key) && whole.every((row) => row.except?.includes(key) === true),
    );
    return { path, keys: "all", ...(except.length === 0 ? {} : { except }) };
  }
  if (rows.some(({ keys }) => keys === "not-told")) return { path, keys: "not-told" };
  return { path, keys: [...new Set(rows.flatMap(({ keys }) => (typeof keys === "string" ? [] : keys)))] };
}
