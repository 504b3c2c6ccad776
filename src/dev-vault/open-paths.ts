import type { Core } from "./core.js";
import { fieldsOf } from "./fields.js";
import type { JsonObject } from "./json.js";
import { SERVER } from "./mounts.js";
import type { Reply } from "./operation.js";
import { badRequest, methodNotAllowed } from "./refusal.js";

function cluster({ sealed, clusterId }: Core): Record<string, string> {
  return sealed ? {} : { cluster_name: `vault-cluster-${clusterId.slice(0, 8)}`, cluster_id: clusterId };
}

function health(core: Core): Reply {
  const { sealed } = core;
  return {
    status: sealed ? 503 : 200,
    bare: {
      initialized: true,
      sealed,
      standby: sealed,
      performance_standby: false,
      replication_performance_mode: sealed ? "unknown" : "disabled",
      replication_dr_mode: sealed ? "unknown" : "disabled",
      server_time_utc: Math.floor(core.now() / 1000),
      version: SERVER.version,
      ...cluster(core),
    },
  };
}

function sealStatus(core: Core): Reply {
  return {
    bare: {
      type: "shamir",
      initialized: true,
      sealed: core.sealed,
      t: 1,
      n: 1,
      progress: 0,
      nonce: "",
      version: SERVER.version,
      build_date: "",
      migration: false,
      ...cluster(core),
      recovery_seal: false,
      storage_type: "inmem",
    },
  };
}

function unseal(core: Core, data: JsonObject): Reply {
  if (fieldsOf(data).get("key", "string") === "") throw badRequest("'key' must be specified in request body as JSON");
  core.sealed = false;
  return sealStatus(core);
}

const PATHS = new Map<string, readonly [readonly string[], (core: Core, data: JsonObject) => Reply]>([
  ["sys/health", [["GET"], health]],
  ["sys/seal-status", [["GET"], sealStatus]],
  ["sys/init", [["GET"], () => ({ bare: { initialized: true } })]],
  ["sys/leader", [["GET"], () => ({ bare: { ha_enabled: false, is_self: false, leader_address: "" } })]],
  ["sys/unseal", [["POST", "PUT"], unseal]],
]);

/** The paths available without a token, and while the server is sealed; undefined for all others. */
export function openPath(core: Core, method: string, path: string, data: JsonObject): Reply | undefined {
  const [methods, handler] = PATHS.get(path) ?? [];
  if (methods?.includes(method) === false) throw methodNotAllowed();
  return handler?.(core, data);
}
