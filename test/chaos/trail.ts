import type { ProxiedRequest, ServerAnswer } from "../support/proxy.js";

/** Something that a server was asked to change, as the server itself tells it. */
export interface TrailEntry {
  readonly token: string;
  /** Without the mount's slash and the query, e.g. `secret/data/phalanx/test/app`. */
  readonly path: string;
  readonly deletes: boolean;
  /** What was sent. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What the server answered where it was done; undefined where it was refused, failed, or never answered. */
  readonly done: Readonly<Record<string, unknown>> | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

interface AuditLine {
  readonly type: "request" | "response";
  readonly error?: string;
  readonly request: {
    readonly id: string;
    readonly operation: string;
    readonly path: string;
    readonly client_token?: string;
    readonly data?: Fields | null;
  };
  readonly response?: { readonly data?: Fields | null; readonly auth?: Fields | null };
}

/** Requests that change nothing, although they are no reads by their method. */
const ASKS = /^(sys\/capabilities-self|auth\/token\/lookup)/;

/** Reads the lines of a file audit device. A line that a killed server has not finished is left out. */
export function fromAuditLog(text: string): TrailEntry[] {
  const lines = text.split("\n").flatMap((line): AuditLine[] => {
    try {
      return [JSON.parse(line) as AuditLine];
    } catch {
      return [];
    }
  });
  const answers = new Map(
    lines.flatMap((line) => (line.type === "response" ? [[line.request.id, line] as const] : [])),
  );
  return lines.flatMap(({ type, request }): TrailEntry[] => {
    const { id, operation, path, client_token: token = "", data } = request;
    if (type !== "request" || operation === "read" || operation === "list" || ASKS.test(path)) return [];
    const answer = answers.get(id);
    const done =
      answer === undefined || answer.error ? undefined : { ...answer.response?.auth, ...answer.response?.data };
    return [{ token, path, deletes: operation === "delete", data: data ?? {}, done }];
  });
}

/** What a proxy right before a server has seen, for a server that keeps no such log. */
export function fromExchange({ method, path, token = "", body }: ProxiedRequest, answer: ServerAnswer): TrailEntry[] {
  if (method === "GET" || ASKS.test(path)) return [];
  const { auth, data } = (answer.body === "" ? {} : JSON.parse(answer.body)) as { auth?: Fields; data?: Fields };
  return [
    {
      token,
      path: decodeURIComponent(path),
      deletes: method === "DELETE",
      data: (body === "" ? {} : JSON.parse(body)) as Fields,
      done: answer.status < 300 ? { ...auth, ...data } : undefined,
    },
  ];
}
