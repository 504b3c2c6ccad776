import { at, type Fields, fieldsOf, textOf } from "./hostile.js";

const MAX_OBJECTS = 200_000;

/** The objects in some documents: a `List` is its items, and those of a `DeploymentList` have the kind in its name. */
export function unpackLists(documents: readonly unknown[]): readonly Fields[] {
  return documents
    .flatMap((document): readonly unknown[] => {
      const [, itemKind] = /^([A-Za-z0-9]{0,62})List$/.exec(textOf(at(document, "kind")) ?? "") ?? [];
      const items = at(document, "items");
      if (itemKind === undefined || !Array.isArray(items)) return [document];
      const apiVersion = at(document, "apiVersion");
      return items
        .slice(0, MAX_OBJECTS)
        .map((item) => (itemKind === "" ? (item as unknown) : { apiVersion, kind: itemKind, ...fieldsOf(item) }));
    })
    .slice(0, MAX_OBJECTS)
    .map(fieldsOf)
    .filter((object) => object !== undefined);
}
