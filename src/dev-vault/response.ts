import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Reply } from "./core.js";
import { encodeJson } from "./json.js";
import type { Redirect } from "./request.js";

function envelope(reply: Reply): unknown {
  if (reply.bare !== undefined) {
    return reply.bare;
  }
  const data = reply.data ?? null;
  return {
    ...(reply.flat === true && data),
    request_id: randomUUID(),
    lease_id: "",
    renewable: false,
    lease_duration: 0,
    data,
    wrap_info: null,
    warnings: reply.warnings === undefined || reply.warnings.length === 0 ? null : reply.warnings,
    auth: reply.auth ?? null,
  };
}

function send(response: ServerResponse, status: number, body: string | undefined): void {
  const text = body === undefined ? "" : `${body}\n`;
  response.writeHead(status, {
    "Cache-Control": "no-store",
    ...(status !== 204 && { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }),
  });
  response.end(text);
}

/** Sends what an engine answered; 204 if it answered nothing. */
export function sendReply(response: ServerResponse, reply: Reply | undefined): void {
  if (reply === undefined) {
    send(response, 204, undefined);
  } else {
    send(response, reply.status ?? 200, reply.bare === null ? undefined : encodeJson(envelope(reply)));
  }
}

/** Sends a refusal. */
export function sendErrors(response: ServerResponse, status: number, errors: readonly string[]): void {
  send(response, status, encodeJson({ errors }));
}

/** Sends the client to the cleaned path. */
export function sendRedirect(response: ServerResponse, { location }: Redirect): void {
  response.writeHead(307, { Location: location, "Content-Length": 0 });
  response.end();
}
