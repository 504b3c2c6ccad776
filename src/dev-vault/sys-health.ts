import { type Core, SERVER } from "./core.js";
import type { Reply } from "./core.js";
import { badRequest, methodNotAllowed } from "./errors.js";
import { fieldsOf } from "./fields.js";
import type { JsonObject } from "./json.js";

function cluster(core: Core): Record<string, string> {
  const { clusterId } = core.state;
  return core.sealed ? {} : { cluster_name: `vault-cluster-${clusterId.slice(0, 8)}`, cluster_id: clusterId };
}

function health(core: Core, data: JsonObject): Reply {
  const { sealed } = core;
  return {
    status: sealed ? fieldsOf(data).int("sealedcode") || 503 : 200,
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
  const fields = fieldsOf(data);
  if (fields.string("key") === "" && !fields.bool("reset")) {
    throw badRequest("'key' must be specified in request body as JSON, or 'reset' set to true");
  }
  core.sealed = core.sealed && fields.string("key") === "";
  return sealStatus(core);
}

/** The paths that answer without a token, and while the server is sealed; undefined for all others. */
export function openPath(core: Core, method: string, path: string, data: JsonObject): Reply | undefined {
  const isWrite = method === "POST" || method === "PUT";
  const isRead = method === "GET" || method === "HEAD";
  switch (path) {
    case "sys/health":
    case "sys/seal-status":
    case "sys/init":
      if (!isRead) {
        throw methodNotAllowed();
      }
      if (path === "sys/init") {
        return { bare: { initialized: true } };
      }
      return path === "sys/health" ? health(core, data) : sealStatus(core);
    case "sys/unseal":
      if (!isWrite) {
        throw methodNotAllowed();
      }
      return unseal(core, data);
    default:
      return undefined;
  }
}
