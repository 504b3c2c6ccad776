import type { Acl } from "./acl.js";
import type { Token } from "./core.js";
import { unsupportedOperation, unsupportedPath } from "./refusal.js";
import type { Fields } from "./fields.js";
import type { JsonObject } from "./json.js";

/** What a request wants to do, in the words of policies. */
export type OperationKind = "read" | "list" | "create" | "update" | "patch" | "delete";

/** A request that got past the HTTP layer. `path` has no `/v1/`; a list's path ends with a slash. */
export interface Operation {
  readonly kind: OperationKind;
  readonly path: string;
  /** The JSON body, or the query of a request without one. */
  readonly data: JsonObject;
  readonly fields: Fields;
}

/** An operation that the policies of its token allow. */
export interface Authorized extends Operation {
  readonly token: Token;
  readonly acl: Acl;
}

/** The response from an engine; `undefined` instead of one is 204. */
export interface Reply {
  readonly status?: number;
  readonly data?: object | null | undefined;
  readonly auth?: unknown;
  readonly warnings?: readonly string[];
  /** The system engine repeats `data` at the top level for old clients. */
  readonly flat?: boolean;
  /** The whole body, where Vault does not use its envelope; null for none. */
  readonly bare?: unknown;
}

/** Does an operation; `names` are what the groups of the route's pattern hold. */
export type Handler<Engine> = (engine: Engine, operation: Authorized, ...names: string[]) => Reply | undefined;

/** The paths of an engine, each with what can be done there. A create is an update of what is not there yet. */
export type Routes<Engine> = readonly (readonly [
  RegExp,
  { readonly [Kind in Exclude<OperationKind, "create">]?: Handler<Engine> },
])[];

/** Does what the first route says that a path matches. */
export function follow<Engine>(
  routes: Routes<Engine>,
  engine: Engine,
  path: string,
  operation: Authorized,
): Reply | undefined {
  for (const [pattern, handlers] of routes) {
    const names = pattern.exec(path)?.slice(1);
    if (names === undefined) continue;
    const handler = handlers[operation.kind === "create" ? "update" : operation.kind];
    if (handler === undefined) throw unsupportedOperation();
    return handler(engine, operation, ...names);
  }
  throw unsupportedPath();
}
