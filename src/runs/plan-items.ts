import type { Problem } from "../model/problem.js";
import type { PlanDocument } from "../model/plan-document.js";

type Items = NonNullable<PlanDocument["items"]>;

/** The 1Password items that a plan was made from, as a plan file has them. */
export function itemsOf(versions: ReadonlyMap<string, number> | undefined): Items {
  return [...(versions ?? [])].map(([title, version]) => ({ title, version }));
}

/** Every item that is another one than it was. */
export function itemDifferences(before: Items, after: Items): Problem[] {
  const [then, now] = [before, after].map((items) => new Map(items.map(({ title, version }) => [title, version])));
  return [...new Set([...before, ...after].map(({ title }) => title))]
    .filter((title) => then?.get(title) !== now?.get(title))
    .map((title) => ({
      message: `the 1Password item "${title}" has changed: it was ${state(then?.get(title))}, and is ${state(now?.get(title))}`,
    }));
}

function state(version: number | undefined): string {
  return version === undefined ? "not there" : `version ${version}`;
}
