import type { ApplicationState } from "../../../model/fleet-report.js";
import type { Fleet } from "./model.js";
import { type Note, NOTES } from "./notes.js";
import { LOOKS } from "./words.js";

export type Filter = ApplicationState | Note;

/** What the panel is about; if empty, the whole fleet. */
export interface Place {
  readonly environment?: string | undefined;
  readonly application?: string | undefined;
  readonly key?: string | undefined;
}

/** What the grid shows: search words, pressed buttons, and the sort order. */
export interface Wanted {
  readonly search: string;
  readonly filters: ReadonlySet<Filter>;
  readonly order: "weight" | "name";
}

export interface PageState {
  readonly place: Place;
  readonly wanted: Wanted;
  /** What a link names but this report does not have. */
  readonly lost?: string | undefined;
}

/** As long as anyone types. */
export const LONGEST_SEARCH = 200;

/**
 * The page state that a link requests. Anyone may have written the link: what the report lacks is never shown as if it
 * existed.
 */
export function readState(hash: string, fleet: Fleet): PageState {
  const given = new URLSearchParams(hash.slice(1));
  const filters = (given.get("show") ?? "").split(",").filter(isFilter);
  const wanted: Wanted = {
    search: (given.get("search") ?? "").slice(0, LONGEST_SEARCH),
    filters: new Set(filters),
    order: given.get("order") === "name" ? "name" : "weight",
  };
  const [environment, application, key] = ["env", "app", "key"].map((name) => given.get(name) ?? undefined);
  const asked: Place = { environment, application, key };
  const place = [asked, { environment, application }, { environment }].find((each) => isIn(fleet, each)) ?? {};
  const isLost = Object.keys(asked).some((name) => asked[name as keyof Place] !== place[name as keyof Place]);
  return { place, wanted, lost: isLost ? placeText(asked).slice(0, LONGEST_SEARCH) : undefined };
}

/** The link to a place, and to what the grid shows beside it; omitted parts have their initial state. */
export function linkTo({ environment, application, key }: Place, wanted?: Wanted): string {
  const said: Readonly<Record<string, string | undefined>> = {
    env: environment,
    app: application,
    key,
    search: wanted?.search,
    show: [...(wanted?.filters ?? [])].join(","),
    order: wanted?.order === "name" ? "name" : undefined,
  };
  const given = Object.entries(said).flatMap(([name, text]): [string, string][] => (text ? [[name, text]] : []));
  return `#${new URLSearchParams(given).toString()}`;
}

/** `idfdev: gafaelfawr/token`, as far as it is specified. */
export function placeText({ environment, application, key }: Place): string {
  const secret = [application, key].filter((part) => part !== undefined).join("/");
  return [environment, secret].filter(Boolean).join(": ");
}

function isFilter(text: string): text is Filter {
  return Object.hasOwn(LOOKS, text) || Object.hasOwn(NOTES, text);
}

function isIn(fleet: Fleet, { environment, application, key }: Place): boolean {
  if (environment !== undefined && !fleet.environments.some(({ name }) => name === environment)) return false;
  if (application === undefined) return key === undefined;
  if (environment === undefined) return key === undefined && fleet.applications.includes(application);
  const cell = fleet.cell(application, environment);
  return cell !== undefined && (key === undefined || cell.application.secrets.some((secret) => secret.key === key));
}
