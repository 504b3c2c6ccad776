import type { Acl } from "./acl.js";
import type { Token } from "./core.js";
import { unsupportedOperation, unsupportedPath } from "./refusal.js";
import type { Fields } from "./fields.js";
import type { JsonObject } from "./json.js";

/** An operation, in terms of policies. */
export type OperationKind = "read" | "list" | "create" | "update" | "patch" | "delete";

/** A request that has passed the HTTP layer. `path` has no `/v1/`; for a list it ends with a slash. */
export interface Operation {
  readonly kind: OperationKind;
  readonly path: string;
  /** The JSON body, or the query if there is no body. */
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

/** Performs an operation; `names` are the groups matched by the route's pattern. */
export type Handler<Engine> = (engine: Engine, operation: Authorized, ...names: string[]) => Reply | undefined;

/** An engine's paths, each with its operations. A create is an update of something that does not exist yet. */
export type Routes<Engine> = readonly (readonly [
  RegExp,
  { readonly [Kind in Exclude<OperationKind, "create">]?: Handler<Engine> },
])[];

/** Runs the first route that matches a path. */
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
