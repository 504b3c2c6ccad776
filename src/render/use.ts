import type { ObjectName, Use } from "../model/consumer.js";
import type { KeyConsumer, KeySecret } from "../model/who-uses.js";
import { printable } from "./printable.js";

/** How an object uses a Secret. */
export function useText(use: Use): string {
  const { container, init, variable, field, optional } = use;
  const where = container === undefined ? "" : ` ${init ? "init container" : "container"} ${printable(container)}`;
  const if_ = optional ? ", optional" : "";
  switch (use.kind) {
    case "env":
      return `env ${printable(variable ?? "")} of${where}${if_}`;
    case "env-from":
      return `envFrom of${where}${if_}`;
    case "volume":
      return `file in${where}${if_}`;
    case "projected":
      return `file in${where} (projected)${if_}`;
    case "sub-path":
      return `file in${where} (subPath)${if_}`;
    case "image-pull":
      return "pulls images with it";
    case "field":
      return printable(field ?? "");
  }
}

export function objectText({ kind, name }: ObjectName): string {
  return printable(`${kind} ${name}`);
}

export function consumerText({ object, uses }: KeyConsumer): string {
  return `${objectText(object)}: ${[...new Set(uses.map(useText))].join(", ")}`;
}

/** The Secret that contains a key, and the object that creates it. */
export function secretText({ secret, namespace, by, object, dataKeys }: KeySecret, key: string): string {
  const renamed = dataKeys?.filter((each) => each !== key) ?? [];
  const as =
    dataKeys === undefined
      ? ", made by a template"
      : renamed.length > 0
        ? `, as ${renamed.map(printable).join(", ")}`
        : "";
  return `Secret ${printable(secret)} in namespace ${printable(namespace)} (${by} ${printable(object.name)})${as}`;
}
