import type { Delivery, DeliveryPart, ObjectName } from "../model/consumer.js";
import { at, entriesOf, listOf, nameOf, textOf } from "./hostile.js";
import { templateKeys } from "./template-keys.js";

/** A VaultStaticSecret of HashiCorp's operator. */
export function readVaultStaticSecret(object: unknown, name: ObjectName): Delivery | undefined {
  const spec = at(object, "spec");
  const [mount, below] = [textOf(at(spec, "mount")), textOf(at(spec, "path"))];
  const secret = nameOf(at(spec, "destination", "name"));
  if (mount === undefined || below === undefined || secret === undefined) return undefined;
  const path = `${mount}/${below}`;
  const how = at(spec, "destination", "transformation");
  // The result of a template takes precedence over a key of the same name.
  const parts = [...madeParts(how, path), ...keyParts(how, path)];
  return { by: "VaultStaticSecret", object: name, secret, parts };
}

function madeParts(how: unknown, path: string): DeliveryPart[] {
  const templates = entriesOf(at(how, "templates")).map(([as, template]): DeliveryPart => {
    const text = textOf(at(template, "text")) ?? "";
    return { kind: "made", path, as, from: templateKeys(text, ["{{", "}}"], ".Secrets") };
  });
  // Its templates are in another object.
  const elsewhere = listOf(at(how, "transformationRefs")).length > 0;
  const unknown: DeliveryPart[] = elsewhere ? [{ kind: "made", path, as: undefined, from: undefined }] : [];
  // Vault's whole response, including metadata.
  const raw: DeliveryPart[] =
    at(how, "excludeRaw") === true ? [] : [{ kind: "made", path, as: "_raw", from: undefined }];
  return [...templates, ...unknown, ...raw];
}

function keyParts(how: unknown, path: string): DeliveryPart[] {
  const patterns = (list: string): string[] => listOf(at(how, list)).flatMap((pattern) => textOf(pattern) ?? []);
  const [excludes, includes] = [patterns("excludes"), patterns("includes")];
  if (excludes.some((pattern) => /^\^?\.\*\$?$/.test(pattern))) return [];
  // Only patterns that are plain names are understood; through others, any key may pass.
  const only = includes.map(literal);
  const except = excludes.flatMap((pattern) => literal(pattern) ?? []);
  return [
    {
      kind: "keys",
      path,
      ...(only.length > 0 && only.every((key) => key !== undefined) ? { only } : {}),
      ...(except.length > 0 ? { except } : {}),
    },
  ];
}

function literal(pattern: string): string | undefined {
  return /^\^((?:[A-Za-z0-9_-]|\\[.-]){1,253})\$$/.exec(pattern)?.[1]?.replaceAll("\\", "");
}
