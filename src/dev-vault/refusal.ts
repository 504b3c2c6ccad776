/** A request that fails with a status and Vault's list of errors. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly string[];

  constructor(status: number, errors: readonly string[]) {
    super(errors.join("; ") || `status ${status}`);
    this.name = "Refusal";
    this.status = status;
    this.errors = errors;
  }
}

/** Vault puts errors of its core into a list with a heading; those worded by a handler have none. */
export function listed(...errors: string[]): string {
  const heading = errors.length === 1 ? "1 error occurred:" : `${errors.length} errors occurred:`;
  return `${heading}${errors.map((error) => `\n\t* ${error}`).join("")}\n\n`;
}

/** 400 with the text unchanged. */
export function badRequest(text: string): Refusal {
  return new Refusal(400, [text]);
}

/** 400 for a restriction that a real server would enforce, but this one does not. */
export function notEnforced(name: string): Refusal {
  return badRequest(`"${name}" is not enforced by phalanx dev-vault, so it is refused`);
}

/** 404 without an error: there is nothing at this path. */
export function nothingHere(): Refusal {
  return new Refusal(404, []);
}

/** 403 because the token is missing, unknown, expired or revoked. */
export function noValidToken(): Refusal {
  return new Refusal(403, ["permission denied"]);
}

/** 403 because the policies of a valid token do not allow the operation. */
export function deniedByPolicy(): Refusal {
  return new Refusal(403, [listed("permission denied")]);
}

/** 404 for a path that the engine does not know. */
export function unsupportedPath(): Refusal {
  return new Refusal(404, [listed("unsupported path")]);
}

/** 405 for a path that the engine knows but not with this method. */
export function unsupportedOperation(): Refusal {
  return new Refusal(405, [listed("unsupported operation")]);
}

/** 405 from the HTTP layer, before it reaches an engine. */
export function methodNotAllowed(): Refusal {
  return new Refusal(405, []);
}
