import { type Acl, capabilitiesAt } from "./acl.js";
import { aclOf, type Authorized, type Core, isWrite, type Reply } from "./core.js";
import { badRequest, listed, Refusal, unsupportedOperation } from "./errors.js";
import { fieldsOf } from "./fields.js";
import { findByAccessor, findToken } from "./tokens.js";

function capabilityNames(acl: Acl, path: string): string[] {
  if (acl.root) {
    return ["root"];
  }
  const capabilities = [...capabilitiesAt(acl, path, true)].sort();
  return capabilities.length === 0 ? ["deny"] : capabilities;
}

function aclFor(core: Core, command: string, operation: Authorized): Acl {
  const fields = fieldsOf(operation.data, true);
  if (command === "capabilities-self") {
    // With its last use a token is gone before its policies are looked up.
    if (operation.token.uses < 0) {
      throw badRequest(listed("invalid token"));
    }
    return operation.acl;
  }
  const isAccessor = command === "capabilities-accessor";
  const token = isAccessor ? findByAccessor(core, fields.string("accessor")) : findToken(core, fields.string("token"));
  if (token === undefined) {
    throw isAccessor ? badRequest(listed("invalid accessor")) : new Refusal(400, ["invalid token"]);
  }
  return aclOf(core, token.policies);
}

/** `sys/capabilities`, `sys/capabilities-self` and `sys/capabilities-accessor`. */
export function sysCapabilities(core: Core, command: string, operation: Authorized): Reply {
  if (!isWrite(operation.kind)) {
    throw unsupportedOperation();
  }
  const fields = fieldsOf(operation.data, true);
  const paths = fields.strings(fields.has("paths") ? "paths" : "path");
  const [first] = paths;
  if (first === undefined) {
    throw badRequest("paths must be supplied");
  }
  const acl = aclFor(core, command, operation);
  const entries = paths.map((path): [string, string[]] => [path, capabilityNames(acl, path)]);
  if (paths.length === 1) {
    entries.push(["capabilities", capabilityNames(acl, first)]);
  }
  return { flat: true, data: Object.fromEntries(entries) };
}
