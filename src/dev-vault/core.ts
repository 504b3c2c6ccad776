import { type Acl, compileAcl, ROOT_ACL } from "./acl.js";
import type { JsonObject } from "./json.js";
import { type PathRule, parsePolicy } from "./policy.js";
import type { State, Token } from "./state.js";

/** What a request wants to do, in the words of policies. */
export type OperationKind = "read" | "list" | "create" | "update" | "patch" | "delete";

/** A request that got past the HTTP layer. `path` has no `/v1/`; a list's path ends with a slash. */
export interface Operation {
  readonly kind: OperationKind;
  readonly path: string;
  /** The JSON body, or the query of a request without one. */
  readonly data: JsonObject;
}

/** An operation that the policies of its token allow. */
export interface Authorized extends Operation {
  readonly token: Token;
  readonly acl: Acl;
}

/** The answer of an engine; `undefined` instead of one is 204. */
export interface Reply {
  readonly status?: number;
  readonly data?: unknown;
  readonly auth?: unknown;
  readonly warnings?: readonly string[];
  /** The system engine repeats `data` at the top level for old clients. */
  readonly flat?: boolean;
  /** The whole body, where Vault does not use its envelope; null for none. */
  readonly bare?: unknown;
}

/** The server without its HTTP layer. */
export interface Core {
  readonly state: State;
  readonly now: () => number;
  readonly acls: Map<string, Acl>;
  sealed: boolean;
}

/** The longest life of a token, and its life if none is asked for: 768 hours. */
export const MAX_LEASE_SECONDS = 2_764_800;

const VERSION = "2.0.0-HEAD";

/** What the server says that it is. */
export const SERVER = { version: VERSION, plugin: "v2.0.0+builtin.bao" };

/** The access that a set of policies gives; policies that do not exist give none. */
export function aclOf(core: Core, policies: readonly string[]): Acl {
  if (policies.includes("root")) {
    return ROOT_ACL;
  }
  const key = JSON.stringify(policies);
  let acl = core.acls.get(key);
  if (acl === undefined) {
    const rules = policies.map((name): PathRule[] => {
      const policy = core.state.policies.get(name);
      return policy === undefined ? [] : parsePolicy(policy.text);
    });
    acl = compileAcl(rules);
    core.acls.set(key, acl);
  }
  return acl;
}

/** Whether a write of some kind was asked for. */
export function isWrite(kind: OperationKind): boolean {
  return kind === "create" || kind === "update";
}
