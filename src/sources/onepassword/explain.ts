import { ServerError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { ConnectRequest } from "../../model/onepassword.js";

/** The server, and the source of the token. */
interface Asked {
  readonly url: string;
  readonly tokenVariable?: string;
}

/**
 * Why a response is not the requested one. Omits the server's own text: an intermediary may respond with anything, even
 * with what it was sent.
 */
export function explainAnswer(
  { url, tokenVariable: variable = "OP_CONNECT_TOKEN" }: Asked,
  request: ConnectRequest,
  status: number,
): ServerError {
  if (status === 401) return new ServerError(diagnostic("onepassword-token-refused", { url, variable }), { status });
  if (status === 403)
    return new ServerError(diagnostic("onepassword-not-permitted", { url, request, variable }), { status });
  if (status === 429) return new ServerError(diagnostic("onepassword-too-many-requests", { url }), { status });
  if (status >= 300 && status < 400)
    return new ServerError(diagnostic("onepassword-redirect", { url, status }), { status });
  return new ServerError(diagnostic("onepassword-request-failed", { url, request, status }), { status });
}

/** JSON, but not of the shape that Connect returns. */
export function unusableAnswer({ url }: Asked, request: ConnectRequest): ServerError {
  return new ServerError(diagnostic("onepassword-answer-unusable", { url, request }));
}
