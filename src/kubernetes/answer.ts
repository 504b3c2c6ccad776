import { ServerError } from "../errors.js";
import type { TransportResponse } from "../http/request.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { ClusterFault } from "../model/diagnostics/kubernetes.js";
import { kindOf, type Target } from "./kinds.js";

export type Fields = Readonly<Record<string, unknown>>;

/** What the server does not allow: the rule that a Role would need. */
export interface Refused {
  /** 401: it could not authenticate the sender. */
  readonly refused: 401 | 403;
  readonly verb: "get" | "list";
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Distinguishes a refusal from the requested objects and from their absence. */
export function isRefused(found: object | "absent"): found is Refused {
  return found !== "absent" && "refused" in found;
}

/** The request, and the server it was sent to. */
export interface Question {
  readonly server: string;
  readonly target: Target;
}

/** A complete response in which the server does not provide what was requested. */
export interface ApiStatus {
  readonly reason: string;
  readonly details: Fields;
}

/** A response body, if it is a JSON object. The parser's message would quote it, including values. */
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

/** The API server's own status for a failure, not that of a proxy; its reason is a word such as `NotFound`. */
export function statusOf(response: TransportResponse): ApiStatus | undefined {
  const { apiVersion, kind, status, code, reason, details } = bodyOf(response) ?? {};
  if (apiVersion !== "v1" || kind !== "Status" || status !== "Failure" || code !== response.status) return undefined;
  if (typeof reason !== "string" || !/^[A-Za-z]{1,64}$/.test(reason)) return undefined;
  return { reason, details: isFields(details) ? details : {} };
}

/** A refusal as data; undefined if it is not one, or not from the server itself. */
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

/** The server's time, which is in every response of an API server. */
export function timeOf({ headers: { date } }: TransportResponse, question: Question): Date {
  const time = typeof date === "string" && /[a-z]/i.test(date) ? new Date(date) : undefined;
  if (time === undefined || Number.isNaN(time.getTime())) throw unusable(question, "no-date");
  return time;
}

/** An unexpected response. Nothing of its text is shown except a reason that is a single word. */
export function unexpected(response: TransportResponse, { server, target }: Question): ServerError {
  const { status } = response;
  const { reason } = statusOf(response) ?? {};
  return new ServerError(diagnostic("cluster-request-failed", { url: server, ...target, status, reason }), { status });
}

/** A response that claims to be what was requested, but is not. */
export function unusable({ server, target }: Question, fault: ClusterFault): ServerError {
  return new ServerError(diagnostic("cluster-answer-unusable", { url: server, ...target, fault }));
}
