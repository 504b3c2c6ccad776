import { type Core, isWrite, type Operation, type Reply } from "./core.js";
import { formatTime } from "./duration.js";
import { badRequest, nothingHere, unsupportedOperation } from "./errors.js";
import { fieldsOf } from "./fields.js";
import { listReply, namesBelow } from "./kv-list.js";
import { parsePolicy } from "./policy.js";

function policyNames(core: Core, folder: string): string[] {
  const names = namesBelow(core.state.policies.keys(), folder);
  return folder === "" ? [...names.filter((name) => name !== "root"), "root"] : names;
}

function read(core: Core, name: string, textKey: "policy" | "rules"): Reply {
  const flat = textKey === "rules";
  if (name === "root") {
    return { flat, data: { cas_required: false, name, [textKey]: "", version: 0 } };
  }
  const policy = core.state.policies.get(name);
  if (policy === undefined) {
    throw nothingHere();
  }
  const { text, version, modified } = policy;
  return { flat, data: { cas_required: false, modified: formatTime(modified), name, [textKey]: text, version } };
}

function write(core: Core, givenName: string, operation: Operation): Reply | undefined {
  const fields = fieldsOf(operation.data, true);
  const name = givenName.toLowerCase();
  const text = fields.string("policy") || fields.string("rules");
  if (text === "") {
    throw badRequest("'policy' parameter not supplied or empty");
  }
  if (name === "root") {
    throw badRequest('cannot update "root" policy');
  }
  const unknown = ["expiration", "ttl"].find((field) => fields.string(field) !== "");
  if (unknown !== undefined) {
    throw badRequest(`"${unknown}" is not enforced by phalanx dev-vault, so the policy is refused`);
  }
  try {
    parsePolicy(text);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
  const present = core.state.policies.get(name);
  if (fields.has("cas") && fields.int("cas") !== (present?.version ?? 0)) {
    throw badRequest("check-and-set parameter did not match the current version");
  }
  core.state.policies.set(name, { text, version: (present?.version ?? 0) + 1, modified: core.now() });
  core.acls.clear();
  const warnings = [
    fields.has("rules") && !fields.has("policy") ? ["'rules' is deprecated, please use 'policy' instead"] : [],
    name === givenName ? [] : [`policy name was converted to ${name}`],
  ].flat();
  return warnings.length === 0 ? undefined : { warnings };
}

function remove(core: Core, name: string): undefined {
  if (name === "root" || name === "default") {
    throw badRequest(name === "root" ? 'cannot delete "root" policy' : "cannot delete default policy");
  }
  core.state.policies.delete(name);
  core.acls.clear();
  return undefined;
}

/** `sys/policies/acl/...`, and with `textKey` "rules" the older `sys/policy/...`. */
export function sysPolicies(
  core: Core,
  rest: string,
  operation: Operation,
  textKey: "policy" | "rules",
): Reply | undefined {
  const name = rest.replace(/\/$/, "");
  const isOld = textKey === "rules";
  if (operation.kind === "list" || (isOld && name === "" && operation.kind === "read")) {
    const names = policyNames(core, name === "" ? "" : `${name}/`);
    return isOld ? { flat: true, data: { keys: names, policies: names } } : listReply(names, operation.data);
  }
  if (name === "") {
    throw unsupportedOperation();
  }
  if (operation.kind === "read") {
    return read(core, name.toLowerCase(), textKey);
  }
  if (operation.kind === "delete") {
    return remove(core, name.toLowerCase());
  }
  if (!isWrite(operation.kind)) {
    throw unsupportedOperation();
  }
  return write(core, name, operation);
}
