import { type Core, type Reply, SERVER } from "./core.js";
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

function leader(): Reply {
  return {
    bare: {
      ha_enabled: false,
      is_self: false,
      active_time: "0001-01-01T00:00:00Z",
      leader_address: "",
      leader_cluster_address: "",
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

const READS = new Map<string, (core: Core, data: JsonObject) => Reply>([
  ["sys/health", health],
  ["sys/seal-status", sealStatus],
  ["sys/init", () => ({ bare: { initialized: true } })],
  ["sys/leader", leader],
]);

/** The paths that answer without a token, and while the server is sealed; undefined for all others. */
export function openPath(core: Core, method: string, path: string, data: JsonObject): Reply | undefined {
  const read = READS.get(path);
  if (read === undefined && path !== "sys/unseal") {
    return undefined;
  }
  const methods = read === undefined ? ["POST", "PUT"] : ["GET", "HEAD"];
  if (!methods.includes(method)) {
    throw methodNotAllowed();
  }
  return (read ?? unseal)(core, data);
}
