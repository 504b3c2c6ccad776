import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { worldsForEach } from "./support/world.js";

/** A key that Kubernetes refuses is Vault's and the original's to take: it is warned of, written, and fits the schema. */
const open = worldsForEach();

const KEYS: readonly string[] = ["my key", "x:y", "/etc/tls.crt", "..", "..x", ".", "clé", "k".repeat(254)];
const FINE: readonly string[] = ["tls.crt", ".x", "_a-b.C1", "k".repeat(253)];

const declared = (keys: readonly string[]): string =>
  keys.map((key) => `${JSON.stringify(key)}: {description: x, generate: {type: password}}\n`).join("");

test("a key that Kubernetes refuses is written; audit, plan and sync warn about each one", async () => {
  const world = await open({ app: { secrets: declared([...KEYS, ...FINE]) } });
  for (const command of ["audit", "plan", "sync"]) {
    const { stdout, stderr } = await world.run(["secrets", command, "test"]);
    const warnings = `${stderr}${stdout}`.replaceAll(/\s+/g, " ");
    for (const key of KEYS) expect(warnings).toContain(`app/${key} is not a valid key of a Kubernetes Secret`);
    for (const key of FINE) expect(warnings).not.toContain(`app/${key} is not`);
  }
  expect(Object.keys((await world.kv.get("app")) ?? {}).sort()).toEqual([...KEYS, ...FINE].sort());
});

test("such a key fits the schema of secrets.yaml", async () => {
  const world = await open({ app: { secrets: "" } });
  const { stdout } = await world.run(["secrets", "schema"]);
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(stdout) as object);
  const document = (value: unknown): unknown => Object.fromEntries([...KEYS, ...FINE].map((key) => [key, value]));
  expect(validate(document({ description: "x" }))).toBe(true);
  expect(validate(document({ description: 1 }))).toBe(false);
});
