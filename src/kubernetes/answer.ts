import { ServerError } from "../errors.js";
import type { TransportResponse } from "../http/request.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { ClusterFault } from "../model/diagnostics/kubernetes.js";
import { kindOf, type Target } from "./kinds.js";

export type Fields = Readonly<Record<string, unknown>>;

/** What the server does not let us do: the line that a Role would need. */
export interface Refused {
  /** 401: it does not know who asks. */
  readonly refused: 401 | 403;
  readonly verb: "get" | "list";
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Tells a refusal from what was asked for, and from the word that it is not there. */
export function isRefused(found: object | "absent"): found is Refused {
  return found !== "absent" && "refused" in found;
}

/** What was asked of which server. */
export interface Question {
  readonly server: string;
  readonly target: Target;
}

/** A whole answer with which the server does not give what it was asked for. */
export interface ApiStatus {
  readonly reason: string;
  readonly details: Fields;
}

/** What an answer holds, if it is an object of JSON. The parser's message would quote it, values and all. */
export function bodyOf({ body }: TransportResponse): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the API server itself says of a failure, and no proxy in its place; its reason is a word such as `NotFound`. */
export function statusOf(response: TransportResponse): ApiStatus | undefined {
  const { apiVersion, kind, status, code, reason, details } = bodyOf(response) ?? {};
  if (apiVersion !== "v1" || kind !== "Status" || status !== "Failure" || code !== response.status) return undefined;
  if (typeof reason !== "string" || !/^[A-Za-z]{1,64}$/.test(reason)) return undefined;
  return { reason, details: isFields(details) ? details : {} };
}

/** A refusal as data; undefined if it is none, or not the server's own. */
export function refusalOf(response: TransportResponse, { target }: Question): Refused | undefined {
  const { resource, namespace, name } = target;
  const reason = statusOf(response)?.reason;
  const refused =
    response.status === 401 && reason === "Unauthorized"
      ? 401
      : response.status === 403 && reason === "Forbidden"
        ? 403
        : undefined;
  if (refused === undefined) return undefined;
  const verb = name === undefined ? "list" : "get";
  return { refused, verb, group: kindOf(resource).group, resource, namespace, name };
}

/** The server's time, which every answer of an API server has. */
export function timeOf({ headers: { date } }: TransportResponse, question: Question): Date {
  const time = typeof date === "string" && /[a-z]/i.test(date) ? new Date(date) : undefined;
  if (time === undefined || Number.isNaN(time.getTime())) throw unusable(question, "no-date");
  return time;
}

/** An answer that nothing explains. Of its text nothing is shown but a reason that is a word. */
export function unexpected(response: TransportResponse, { server, target }: Question): ServerError {
  const { status } = response;
  const { reason } = statusOf(response) ?? {};
  return new ServerError(diagnostic("cluster-request-failed", { url: server, ...target, status, reason }), { status });
}

/** An answer that says that it is what was asked for, and is not. */
export function unusable({ server, target }: Question, fault: ClusterFault): ServerError {
  return new ServerError(diagnostic("cluster-answer-unusable", { url: server, ...target, fault }));
}
