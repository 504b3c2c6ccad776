import { chmod } from "node:fs/promises";
import { expect, test } from "vitest";
import type { DiagnosticCode } from "../src/model/diagnostics/index.js";
import type { DiagnosticJson } from "../src/model/diagnostic-json.js";
import { lineFrom } from "../src/render/place.js";
import type { Finished } from "./support/cli.js";
import { type World, worldsForEach } from "./support/world.js";

/**
 * What the text of an audit, a plan and a question warns of is in their JSON, and the other way round: each code that
 * they can say is made to happen. Left out are those of 1Password, of TLS and of files of other users, which go the same
 * way and have tests of their own.
 */
const open = worldsForEach();

const APPLICATIONS = {
  app: {
    secrets:
      "p: {description: x, generate: {type: password}}\nh: {description: x, generate: {type: bcrypt-password-hash, source: p}}\n",
  },
  other: { secrets: "s: {description: x}\n" },
};
const FILES = { "static.yaml": "applications: {other: {s: {value: v}}}\n" };
const SECRETS = ["--secrets", "static.yaml"];

interface Case {
  readonly arrange?: (world: World) => Promise<unknown>;
  readonly files?: Readonly<Record<string, string>>;
  /** Further options of plan and sync. */
  readonly options?: readonly string[];
  /** Said before anything is asked, so that there is no question; or only where something is going to be written. */
  readonly only?: "no-question" | "plan";
}

const note = (fields: Readonly<Record<string, string>>) => async (world: World) => {
  const path = "secret/metadata/phalanx/test/app";
  const { body } = await world.kv.call("GET", path);
  const { custom_metadata: noted } = (body as { data: { custom_metadata: Record<string, string> } }).data;
  await world.kv.call("POST", path, { custom_metadata: { ...noted, ...fields } });
  await world.kv.unset("other", "s");
};
const limit = (limits: object) => async (world: World) => {
  await world.kv.call("POST", "secret/metadata/phalanx/test/app", limits);
  await world.kv.set("app", "h", "no hash");
};
const settings = (prefix: string, more = "") =>
  `vaultUrl: VAULT_URL\nvaultPathPrefix: ${prefix}\napplications:\n  app: true\n  other: true\n${more}`;

const CASES = {
  "application-blocked": { arrange: ({ kv }) => kv.softDelete("app"), only: "no-question" },
  "deleted-version-covered": {
    arrange: ({ kv }) => kv.softDelete("app"),
    options: ["--generate-anew", "app"],
    only: "plan",
  },
  "field-old-spelling": {
    files: { "applications/app/secrets.yaml": "p: {description: x, generate: {type: password}, condition: null}\n" },
    arrange: ({ kv }) => kv.unset("app", "p"),
  },
  "file-misnamed": { files: { "applications/app/secrets-test.yml": "" }, arrange: ({ kv }) => kv.unset("other", "s") },
  "generator-changed": { arrange: note({ "phalanx.keys": "h|bcrypt-password-hash|1 p|fernet-key|1" }) },
  "hash-kept-without-source": {
    files: { "applications/app/secrets.yaml": "h: {description: x, generate: {type: mtime, source: gone}}\n" },
    arrange: ({ kv }) => kv.unset("other", "s"),
    only: "no-question",
  },
  "hash-older-than-source": { arrange: note({ "phalanx.keys": "h|bcrypt-password-hash|1 p|password|2" }) },
  "key-refused-by-kubernetes": {
    files: { "applications/app/secrets.yaml": "my key: {description: x, generate: {type: password}}\n" },
  },
  "secret-beyond-kubernetes": {
    files: {
      "applications/app/secrets.yaml": `p: {description: x, generate: {type: password}}\nbig: {description: x, value: ${"x".repeat(600_000)}}\n`,
    },
    arrange: ({ kv }) => kv.set("app", "stranger", "x".repeat(600_000)),
  },
  "other-mount-holds-data": {
    files: { "environments/values-test.yaml": settings("kv2/phalanx/test") },
    arrange: ({ kv }) => kv.call("POST", "sys/mounts/kv2", { type: "kv", options: { version: "2" } }),
    only: "no-question",
  },
  "plan-mass-change": {
    arrange: ({ kv }) => kv.put("stranger", Object.fromEntries(Array.from("abcdefgh", (key) => [key, "v"]))),
    options: ["--delete", "--allow-mass-delete"],
    only: "plan",
  },
  "prefix-of-other-environment": { arrange: note({ "phalanx.environment": "prod" }), only: "no-question" },
  "recovered-version-readable": { arrange: note({ "phalanx.recovering": "1" }) },
  "secret-unresolved": {
    files: { "static.yaml": "applications: {}\n" },
    arrange: ({ kv }) => kv.unset("other", "s"),
    only: "no-question",
  },
  "secrets-file-application-unused": {
    files: { "static.yaml": "applications: {other: {s: {value: v}}, gone: {k: {value: v}}}\n" },
    arrange: ({ kv }) => kv.unset("other", "s"),
  },
  "secrets-file-exposed": {
    arrange: async ({ kv, tree }) => {
      await kv.unset("other", "s");
      await chmod(`${tree.root}/static.yaml`, 0o644);
    },
  },
  "secrets-file-value-not-required": {
    files: { "static.yaml": "applications: {other: {s: {value: v}, k: {value: v}}}\n" },
    arrange: ({ kv }) => kv.unset("other", "s"),
  },
  "secrets-file-value-not-static": {
    files: { "static.yaml": "applications: {other: {s: {value: v}}, app: {p: {value: v}}}\n" },
    arrange: ({ kv }) => kv.unset("other", "s"),
  },
  "setting-mistyped": {
    files: { "environments/values-test.yaml": settings("secret/phalanx/test", "onepasword: {}\n") },
    arrange: ({ kv }) => kv.unset("other", "s"),
  },
  "spared-application-unknown": { arrange: ({ kv }) => kv.unset("other", "s"), options: ["-e", "nobody"] },
  "undo-impossible": { arrange: limit({ max_versions: 1 }), only: "plan" },
  "undo-pushed-out": { arrange: limit({ max_versions: 2 }), only: "plan" },
  "undo-until": { arrange: limit({ delete_version_after: "10h" }), only: "plan" },
  "unknown-maybe-of-sibling": {
    files: { "environments/values-broken.yaml": "vaultUrl: 1\n" },
    arrange: ({ kv }) => kv.put("stranger", { k: "v" }),
    only: "no-question",
  },
  "version-will-disappear": {
    arrange: async ({ kv }) => {
      await kv.call("POST", "secret/metadata/phalanx/test/app", { delete_version_after: "10h" });
      await kv.set("app", "stranger", "x");
    },
    only: "no-question",
  },
  "written-by-other-program": { arrange: ({ kv }) => kv.set("app", "p", "theirs") },
  "yaml-key-not-string": {
    files: { "applications/app/secrets.yaml": "on: {description: x, generate: {type: password}}\n" },
  },
} satisfies { readonly [C in DiagnosticCode]?: Case };

test.each(Object.entries<Case>(CASES))("%s", async (code, { arrange, files = {}, options = [], only }) => {
  const world = await open(APPLICATIONS, FILES);
  expect(await world.run(["secrets", "sync", "test", ...SECRETS])).toMatchObject({ exit: 0 });
  for (const [path, text] of Object.entries(files)) {
    await world.tree.write(path, text.replace("VAULT_URL", world.proxy.url));
  }
  await arrange?.(world);
  const seen: string[] = [];
  if (only !== "plan") {
    const audit = ["secrets", "audit", "test", ...SECRETS, ...options.filter((option) => /^(-e|nobody)$/.test(option))];
    seen.push(...same(await world.run(audit), await world.run([...audit, "--json"])));
  }
  const given = ["test", ...SECRETS, ...options];
  const dry = await world.run(["secrets", "sync", ...given, "--dry-run", "--json"]);
  seen.push(...same(await world.run(["secrets", "plan", ...given]), dry));
  if (only !== "no-question") {
    // Where only something new is created, nobody is asked.
    await world.kv.set("other", "s", "an older value");
    const asked = await world.run(["secrets", "sync", ...given, "--regenerate"], { terminal: true, answer: "n" });
    const again = await world.run(["secrets", "sync", ...given, "--regenerate", "--dry-run", "--json"]);
    expect(asked.stderr).toContain("Not confirmed");
    seen.push(...same(asked, again, ["not-confirmed"]));
  }
  expect(seen).toContain(code);
});

/** The codes of both, which say the same. */
function same(text: Finished, json: Finished, besides: readonly string[] = []): readonly string[] {
  const { diagnostics } = JSON.parse(json.stdout) as { diagnostics: readonly DiagnosticJson[] };
  const plain = flat(`${text.stderr}\n${text.stdout}`);
  for (const diagnostic of diagnostics) {
    const line = flat(lineFrom(diagnostic));
    // An audit has a list of its own for what is unresolved.
    expect(plain).toContain(plain.includes("Unresolved secrets:") ? line.replace(/^(\S+) has no/, "$1: has no") : line);
  }
  const known = diagnostics.map((diagnostic) => flat(lineFrom(diagnostic)));
  for (const warning of warningsIn(text)) expect(known.some((line) => warning.startsWith(line))).toBe(true);
  return diagnostics.map(({ code }) => code).filter((code) => !besides.includes(code));
}

/** On one line, without colours. */
function flat(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text
    .replaceAll(/\u001b\[\d+m/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** `Warning: ...` on stderr, and `! ...` of a plan, which is wrapped. */
function warningsIn({ stderr, stdout }: Finished): string[] {
  const lines = [...stderr.matchAll(/^Warning: (.*)$/gm)].map(([, line = ""]) => line);
  const blocks = [...stdout.matchAll(/^ {0,2}! (.*(?:\n {2,}(?![!+~?-] ).*)*)/gm)].map(([, block = ""]) => block);
  return [...lines, ...blocks].map(flat);
}
