import { type Authorized, type Core, isWrite, type Reply } from "./core.js";
import { unsupportedOperation, unsupportedPath } from "./errors.js";
import { sysCapabilities } from "./sys-capabilities.js";
import { mountAt, sysMounts, visibleMounts } from "./sys-mounts.js";
import { sysPolicies } from "./sys-policies.js";

/** What follows `word` in a path, or undefined if the path does not begin with it. */
function below(path: string, word: string): string | undefined {
  if (path === word) {
    return "";
  }
  return path.startsWith(`${word}/`) ? path.slice(word.length + 1) : undefined;
}

function internalMounts(core: Core, rest: string, operation: Authorized): Reply {
  if (operation.kind !== "read") {
    throw unsupportedOperation();
  }
  return rest === "" ? visibleMounts(core, operation.acl) : mountAt(core, operation.acl, rest);
}

function seal(core: Core, operation: Authorized): undefined {
  if (!isWrite(operation.kind)) {
    throw unsupportedOperation();
  }
  core.sealed = true;
  return undefined;
}

/** The system engine at `sys/`; `rest` is the path below it. */
export function sys(core: Core, rest: string, operation: Authorized): Reply | undefined {
  const acl = below(rest, "policies/acl");
  if (acl !== undefined) {
    return sysPolicies(core, acl, operation, "policy");
  }
  const policy = below(rest, "policy");
  if (policy !== undefined) {
    return sysPolicies(core, policy, operation, "rules");
  }
  const mounts = below(rest, "mounts");
  if (mounts !== undefined) {
    return sysMounts(core, mounts, operation, false);
  }
  const auth = below(rest, "auth");
  if (auth !== undefined) {
    return sysMounts(core, auth, operation, true);
  }
  const internal = below(rest, "internal/ui/mounts");
  if (internal !== undefined) {
    return internalMounts(core, internal, operation);
  }
  switch (rest) {
    case "capabilities":
    case "capabilities-self":
    case "capabilities-accessor":
      return sysCapabilities(core, rest, operation);
    case "seal":
      return seal(core, operation);
    default:
      throw unsupportedPath();
  }
}
