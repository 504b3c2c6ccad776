import { describe, expect, test } from "vitest";
import { worldsForEach } from "./support/world.js";

/** What no program may take for its own: values that look like templates, and answers that are none yet. */
const open = worldsForEach();

const LOOKALIKES: readonly string[] = [
  "${app/p}",
  "$${p} $(id) `id` $HOME",
  "{{ .Values.x }} {% if x %}",
  "%s %(x)s %{x}",
  "\\n \\u0041 \\",
  "!!int 5",
  "yes",
  "012",
  "~",
  "2026-01-01",
  "<<: *x",
  "ENC[AES256_GCM,data:x]",
  "vault:v1:abc",
  "null",
  "\"quoted\" 'twice'",
  "tab\tand\u00a0space ",
  "é中😀\u2028",
];

describe("a value is what it is, whatever it looks like", () => {
  const secrets =
    "s: {description: x}\nc: {copy: {application: app, key: s}}\n" +
    "t: {description: x, generate: {type: template, template: '<${s}>'}}\n" +
    "p: {description: x, value: other}\n";

  test.each(LOOKALIKES)("%j from a file, in a copy and in a template", async (value) => {
    const file = `applications: {app: {s: {value: ${JSON.stringify(value)}}}}\n`;
    const world = await open({ app: { secrets } }, { "static.yaml": file });
    expect(await world.run(["secrets", "sync", "test", "--secrets", "static.yaml"])).toMatchObject({ exit: 0 });
    expect(await world.kv.get("app")).toEqual({ s: value, c: value, t: `<${value}>`, p: "other" });
    const again = await world.run(["secrets", "sync", "test", "--secrets", "static.yaml"]);
    expect(again).toMatchObject({ exit: 0, stdout: "" });
  });

  test("from standard input", async () => {
    const world = await open({ app: { secrets } });
    for (const value of LOOKALIKES) {
      const args = ["secrets", "set", "test", "app/s", "--yes"];
      expect(await world.run(args, { input: value })).toMatchObject({ exit: 0 });
      expect(await world.kv.get("app")).toMatchObject({ s: value });
    }
  });
});

test("an override that is null replaces the value of the chart, as in Helm", async () => {
  const generated = (key: string, path: string): string =>
    `${key}: {description: x, if: ${path}, generate: {type: password}}\n`;
  const world = await open(
    { app: { secrets: generated("a", "isOn") + generated("b", "db.isOn") + generated("c", "kept.isOn"), values: "" } },
    {
      "applications/app/values.yaml": "isOn: true\ndb: {isOn: true}\nkept: {isOn: true, more: 1}\n",
      "applications/app/values-test.yaml": "isOn: null\ndb:\nkept: {more: null}\n",
    },
  );
  expect((await world.run(["secrets", "list", "test"])).stdout).toBe("app c\n");
});

describe("an answer that a control group holds back until somebody approves it", () => {
  // As Vault Enterprise answers: nothing but where the answer waits.
  const body = JSON.stringify({
    request_id: "r",
    lease_id: "",
    data: null,
    wrap_info: { token: "hvs.waiting-for-approval", accessor: "a", ttl: 86_400, creation_path: "x" },
    auth: null,
  });
  const applications = { app: { secrets: "p: {description: x, generate: {type: password}}\n" } };

  test.each([
    ["a read", "GET", 2, "The response for secret/data/phalanx/test/app does not come from a KV version 2 mount"],
    ["a write", "POST", 1, "whether app was written is unknown"],
  ])("to %s is none: the run ends, and shows no token", async (_, method, expected, said) => {
    const world = await open(applications);
    await world.kv.put("app", { p: "in use" });
    world.intercept((request) =>
      request.method === method && request.path.includes("secret/data/") ? { status: 200, body } : "pass",
    );
    const { exit, stdout, stderr } = await world.run(["secrets", "rotate", "test", "app/p", "--yes"]);
    expect([exit, stdout]).toEqual([expected, ""]);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("hvs.");
    expect(await world.kv.get("app")).toEqual({ p: "in use" });
  });
});
