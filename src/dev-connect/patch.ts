import { isObject, type JsonObject } from "./json.js";
import { Refusal } from "./refusal.js";

interface Operation {
  readonly op: "add" | "remove" | "replace";
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Applies the part of JSON Patch that the document allows, with a field's identifier in place of its index. */
export function applyPatch(item: JsonObject, operations: unknown): JsonObject {
  if (!Array.isArray(operations)) throw new Refusal(400, "A patch is a list of operations");
  return operations.map(toOperation).reduce<JsonObject>((before, operation) => {
    if (operation.path.length > 0) return change(before, operation) as JsonObject;
    if (!isObject(operation.value)) throw new Refusal(400, "An item is an object");
    return { vault: before["vault"], category: before["category"], ...operation.value };
  }, structuredClone(item));
}

function toOperation(operation: unknown): Operation {
  const { op, path, value } = isObject(operation) ? operation : {};
  if ((op !== "add" && op !== "remove" && op !== "replace") || typeof path !== "string" || !path.startsWith("/"))
    throw new Refusal(400, "Invalid patch operation");
  const parts = path.slice(1).split("/");
  return {
    op,
    path: path === "/" ? [] : parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")),
    value,
  };
}

function change(target: unknown, { op, path: [name = "", ...rest], value }: Operation): unknown {
  if (Array.isArray(target)) return changeList(target, name, { op, path: rest, value });
  if (!isObject(target)) throw new Refusal(400, `Nothing at "${name}"`);
  if (rest.length > 0) return { ...target, [name]: change(target[name] ?? [], { op, path: rest, value }) };
  const { [name]: before, ...others } = target;
  if (op === "remove") return others;
  // As in the document's example: what is added to a list of fields is one more field.
  if (op === "add" && Array.isArray(before) && !Array.isArray(value)) return { ...target, [name]: [...before, value] };
  return { ...target, [name]: value };
}

function changeList(list: readonly unknown[], name: string, { op, path, value }: Operation): unknown {
  const byId = list.findIndex((member) => isObject(member) && member["id"] === name);
  const index = byId >= 0 ? byId : name === "-" ? list.length : /^\d+$/.test(name) ? Number(name) : -1;
  if (index < 0 || index > list.length) throw new Refusal(400, `Nothing at "${name}"`);
  if (path.length > 0) return list.with(index, change(list[index], { op, path, value }));
  if (op === "add") return list.toSpliced(index, 0, value);
  if (index === list.length) throw new Refusal(400, `Nothing at "${name}"`);
  const before = list[index];
  const id = isObject(before) && isObject(value) ? { id: before["id"] } : {};
  return op === "remove" ? list.toSpliced(index, 1) : list.with(index, isObject(value) ? { ...value, ...id } : value);
}
