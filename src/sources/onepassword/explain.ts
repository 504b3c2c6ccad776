import { ServerError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { ConnectRequest } from "../../model/onepassword.js";

/** Where it was asked, and with whose token. */
interface Asked {
  readonly url: string;
  readonly tokenVariable?: string;
}

/**
 * Why an answer is not the one that was asked for. The server's own text is left out: what stands before it may answer
 * with anything, even with what it was sent.
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

/** JSON, but not of the shape that Connect answers with. */
export function unusableAnswer({ url }: Asked, request: ConnectRequest): ServerError {
  return new ServerError(diagnostic("onepassword-answer-unusable", { url, request }));
}
