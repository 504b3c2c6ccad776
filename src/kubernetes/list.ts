import { ServerError } from "../errors.js";
import type { TransportResponse } from "../http/request.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isProvenAbsent } from "./absent.js";
import {
  bodyOf,
  type Fields,
  isFields,
  type Question,
  type Refused,
  refusalOf,
  timeOf,
  unexpected,
  unusable,
} from "./answer.js";
import { apiVersionOf, kindOf, pathOf } from "./kinds.js";
import { checkedObject } from "./object.js";
import type { Asking } from "./send.js";

/** All objects of a kind, as of one moment. */
export interface Listed {
  readonly items: readonly Fields[];
  /** When the server answered, by its own clock. */
  readonly at: Date;
  readonly resourceVersion: string;
}

const PAGE = 500;

/** Limits of a list: more than the largest cluster has of one kind, and what fits into a machine's memory. */
const MOST_OBJECTS = 250_000;
const MOST_PAGES = 2000;
const MOST_CHARACTERS = 256 * 2 ** 20;

/** Lists one version of a kind, page by page. "absent": the server does not know it. */
export async function listVersion(
  asking: Asking,
  version: string,
  question: Question,
): Promise<Listed | "absent" | Refused> {
  const first = await listPages(asking, version, question);
  const whole = first === "expired" ? await listPages(asking, version, question) : first;
  if (whole !== "expired") return whole;
  const { server, target } = question;
  throw new ServerError(diagnostic("cluster-list-expired", { url: server, ...target }), { status: 410 });
}

/** "expired": the list took so long that the server has dropped the snapshot it started from. */
async function listPages(
  asking: Asking,
  version: string,
  question: Question,
): Promise<Listed | "absent" | "expired" | Refused> {
  const path = pathOf(question.target, version);
  const items: Fields[] = [];
  let at: Date | undefined;
  let characters = 0;
  let next = "";
  for (let page = 1; ; page += 1) {
    const from = next === "" ? "" : `&continue=${encodeURIComponent(next)}`;
    const response = await asking.ask(`${path}?limit=${PAGE}${from}`);
    if (response.status === 410 && page > 1) return "expired";
    if (page === 1 && (await isProvenAbsent(response, question.target, version, asking))) return "absent";
    if (response.status !== 200) return refusedOr(question, response);
    characters += response.body.length;
    const found = pageOf(response, version, question);
    for (const item of found.items) items.push(checkedObject(item, version, question));
    if (items.length > MOST_OBJECTS || page > MOST_PAGES || characters > MOST_CHARACTERS)
      throw new ServerError(diagnostic("cluster-list-too-large", { url: question.server, ...question.target }));
    // All pages show the state as of the first response.
    at ??= timeOf(response, question);
    ({ next } = found);
    if (next === "") return { items, at, resourceVersion: found.resourceVersion };
  }
}

interface Page {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  /** Continues with the next page; empty on the last one. */
  readonly next: string;
}

function pageOf(response: TransportResponse, version: string, question: Question): Page {
  const { apiVersion, kind, metadata, items } = bodyOf(response) ?? {};
  const { group, kind: of } = kindOf(question.target.resource);
  if (kind !== `${of}List` || apiVersion !== apiVersionOf(group, version) || !isFields(metadata))
    throw unusable(question, "other-kind");
  const { resourceVersion, continue: next = "" } = metadata;
  if (typeof resourceVersion !== "string" || typeof next !== "string") throw unusable(question, "no-list");
  // Go writes an empty list like this if there is no list at all.
  if (items !== null && !Array.isArray(items)) throw unusable(question, "no-list");
  return { items: items ?? [], resourceVersion, next };
}

/** @throws ServerError if it is not a refusal. */
export function refusedOr(question: Question, response: TransportResponse): Refused {
  const refused = refusalOf(response, question);
  if (refused !== undefined) return refused;
  throw unexpected(response, question);
}
