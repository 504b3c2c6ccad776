import { ServerError } from "../../errors.js";

/**
 * Why an answer is not the one that was asked for. The server's own text is left out: what stands before it may answer
 * with anything, even with what it was sent.
 */
export function explainAnswer(url: string, what: string, status: number): ServerError {
  const server = `1Password Connect at ${url}`;
  const error = (message: string, hint: string): ServerError => new ServerError(message, { status, hint });
  if (status === 401) {
    return error(
      `${server} does not accept the token: it is not valid or has expired`,
      "Set OP_CONNECT_TOKEN to a current token of this Connect server.",
    );
  }
  if (status === 403)
    return error(`${what} is not permitted at ${server}`, "Give the token of OP_CONNECT_TOKEN access to this vault.");
  if (status >= 300 && status < 400) {
    return error(
      `${server} answers with a redirect (${status}), which is not followed`,
      "Set onepassword.connectUrl to the address that it redirects to.",
    );
  }
  if (status === 429) return error(`${server} has had too many requests (429)`, "Wait a while, then run again.");
  return error(
    `${what} failed at ${server}: status ${status}`,
    status >= 500
      ? "Check the state of the server, and of what stands before it, then run again."
      : "Check onepassword.connectUrl: what answers there may not be 1Password Connect.",
  );
}

/** Something answers that is no Connect server. */
export function noJson(url: string, status: number): ServerError {
  return new ServerError(`The answer of ${url} (status ${status}) is no JSON`, {
    status,
    hint: "Check that onepassword.connectUrl is the address of a 1Password Connect server and not of a web page.",
  });
}

/** JSON, but not of the shape that Connect answers with. */
export function unknownShape(url: string, what: string): ServerError {
  return new ServerError(`The answer of ${url} for ${what} is not one of 1Password Connect`, {
    hint: "Check onepassword.connectUrl.",
  });
}
