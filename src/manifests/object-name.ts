import type { ObjectName } from "../model/consumer.js";
import { at, nameOf, textOf } from "./hostile.js";

/** The name of an object; undefined if it is not one. */
export function objectNameOf(object: unknown, defaultNamespace: string): ObjectName | undefined {
  const kind = textOf(at(object, "kind"));
  const [, group = "", version] =
    /^(?:([a-z0-9.-]{1,253})\/)?([a-z0-9]{1,63})$/.exec(textOf(at(object, "apiVersion")) ?? "") ?? [];
  const name = nameOf(at(object, "metadata", "name")) ?? generatedName(at(object, "metadata", "generateName"));
  if (kind === undefined || !/^[A-Za-z][A-Za-z0-9]{0,62}$/.test(kind) || version === undefined || name === undefined) {
    return undefined;
  }
  return { kind, group, namespace: nameOf(at(object, "metadata", "namespace")) ?? defaultNamespace, name };
}

/** The server generates its suffix. */
function generatedName(prefix: unknown): string | undefined {
  const start = nameOf(textOf(prefix)?.replace(/-$/, ""));
  return start === undefined ? undefined : `${start}-*`;
}
