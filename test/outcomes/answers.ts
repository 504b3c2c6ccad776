import type { Fate, ProxiedRequest } from "../support/proxy.js";

/** An answer to a write, for one that was carried out and for one that was not; undefined where that cannot be. */
export interface AnswerKind {
  readonly name: string;
  readonly lost: ((request: ProxiedRequest) => Fate) | undefined;
  readonly applied: ((request: ProxiedRequest) => Fate) | undefined;
}

const said = (...errors: readonly string[]): string => JSON.stringify({ errors });
const HTML = "<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>";
const page = { "content-type": "text/html" };

function answer(
  name: string,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): AnswerKind {
  const fate = { status, body, headers };
  return { name, lost: () => fate, applied: () => ({ ...fate, applied: true }) };
}

/** A server that says no to a check-and-set says of which. */
const isOfMetadata = ({ path }: ProxiedRequest): boolean => path.startsWith("secret/metadata/");
const casOf = (request: ProxiedRequest): string =>
  said(`${isOfMetadata(request) ? "metadata " : ""}check-and-set parameter did not match the current version`);
const elsewhere = { location: "http://127.0.0.1:9/v1/" };

export const ANSWERS: readonly AnswerKind[] = [
  { name: "Vault's own", lost: undefined, applied: () => "pass" },
  answer("200 without a body", 200, ""),
  answer("204", 204, ""),
  answer("201", 201, ""),
  answer("301", 301, "", elsewhere),
  answer("307", 307, "", elsewhere),
  {
    name: "400 check-and-set",
    lost: (request) => ({ status: 400, body: casOf(request) }),
    applied: (request) => ({ status: 400, body: casOf(request), applied: true }),
  },
  answer("400", 400, said("something is wrong with that")),
  answer("403", 403, said("1 error occurred:\n\t* permission denied\n\n")),
  answer("403 HTML", 403, HTML, page),
  answer("404", 404, said()),
  answer("405", 405, said("1 error occurred:\n\t* unsupported operation\n\n")),
  answer("412", 412, said("required index state not present")),
  answer("413", 413, said("http: request body too large")),
  answer("429", 429, said("request path: rate limit quota exceeded")),
  answer("500", 500, said("internal error")),
  answer("500 leadership lost", 500, said("leadership lost while committing log")),
  answer("502 HTML", 502, HTML, page),
  answer("503 sealed", 503, said("Vault is sealed")),
  answer("503", 503, said("service unavailable")),
  { name: "reset", lost: () => "reset-before", applied: () => "reset-after" },
  { name: "cut", lost: undefined, applied: () => "cut" },
  { name: "none in time", lost: () => "stall", applied: () => ({ between: () => new Promise(() => {}) }) },
  answer("not JSON", 200, '{"data":{"version":'),
];
