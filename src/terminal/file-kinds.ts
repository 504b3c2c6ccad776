import { type FileKind, jsonObject, topLevelNames } from "../files/file-kind.js";

/** A plan, even a truncated one: it starts with its format. */
export const PLAN_FILE: FileKind = beginsWith("plan", /^\s*\{\s*"format":\s*"phalanx-plan"/);

export const FLEET_REPORT_FILE: FileKind = beginsWith("fleet-report", /^\s*\{\s*"format":\s*"phalanx-fleet-report"/);

export const FLEET_PAGE_FILE: FileKind = {
  name: "fleet-page",
  within: 4096,
  recognises: (content) => /<title>[Pp]halanx:? fleet audit<\/title>/.test(content.toString("utf8")),
};

export const METRICS_FILE: FileKind = beginsWith("metrics", /^# (?:HELP|TYPE|UNIT) phalanx_/);

export const SCHEMA_FILE: FileKind = {
  name: "schema",
  recognises: (content) =>
    String(jsonObject(content.toString("utf8"))?.["$id"]).startsWith("https://phalanx.lsst.io/schemas/"),
};

export const WRITE_TOKEN_FILE: FileKind = {
  name: "write-token",
  recognises: (content) => hasAll(topLevelNames(content), ["accessor", "display_name", "token"]),
};

/** As YAML, as JSON, or as a Kubernetes Secret. */
export const APPROLE_FILE: FileKind = {
  name: "read-approle",
  recognises: (content) =>
    hasAll(topLevelNames(content), ["role_id", "secret_id"]) ||
    (/^kind: Secret$/m.test(content.toString("utf8")) && content.includes("VAULT_SECRET_ID: ")),
};

/** An application as written by `vault export-secrets`: an object of its values, which nothing else identifies. */
export const EXPORT_FILE: FileKind = {
  name: "export",
  recognises: (content) => {
    const others = [PLAN_FILE, FLEET_REPORT_FILE, SCHEMA_FILE, WRITE_TOKEN_FILE, APPROLE_FILE];
    return jsonObject(content.toString("utf8")) !== undefined && !others.some((kind) => kind.recognises(content));
  },
};

function beginsWith(name: FileKind["name"], start: RegExp): FileKind {
  const within = 256;
  return { name, within, recognises: (content) => start.test(content.subarray(0, within).toString("utf8")) };
}

function hasAll(names: ReadonlySet<string>, needed: readonly string[]): boolean {
  return needed.every((name) => names.has(name));
}
