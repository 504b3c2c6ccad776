import { load } from "js-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, openLab } from "../support/lab.js";

let lab: Lab;
let env: Record<string, string>;
/** What is in a namespace of all that an environment brings with it. */
const holdings = async (namespace: string): Promise<Record<string, unknown>> => {
  const list = async (path: string): Promise<unknown> =>
    lab.must({ method: "LIST", path, namespace }).then(
      (answer) => answer.data.keys,
      () => [],
    );
  return {
    secrets: await list("secret/metadata/phalanx/test"),
    policies: await list("sys/policies/acl"),
    roles: await list("auth/approle/role"),
  };
};
const EMPTY = { secrets: [], policies: expect.not.arrayContaining([expect.stringContaining("phalanx")]), roles: [] };

beforeAll(async () => {
  lab = await openLab();
  await lab.must({ method: "POST", path: "sys/auth/approle", body: { type: "approle" } });
  await lab.must({ method: "POST", path: "sys/namespaces/ns1" });
  await lab.must({ method: "POST", path: "sys/namespaces/sub", namespace: "ns1" });
  for (const namespace of ["ns1", "ns1/sub"]) {
    await lab.must({
      method: "POST",
      path: "sys/mounts/secret",
      namespace,
      body: { type: "kv", options: { version: "2" } },
    });
    await lab.must({ method: "POST", path: "sys/auth/approle", namespace, body: { type: "approle" } });
  }
  env = { VAULT_TOKEN: lab.vault.rootToken };
});
afterAll(() => lab.close());

test.each(["ns1", "ns1/sub"])("all of an environment lives in %s, and nothing of it outside", async (namespace) => {
  const earlier = lab.proxy.requests.length;
  const elsewhere = ["", "ns1", "ns1/sub"].filter((other) => other !== namespace);
  const before = await Promise.all(elsewhere.map(holdings));
  const root = { ...env, VAULT_NAMESPACE: namespace };
  const ok = async (
    args: readonly string[],
    as: Record<string, string> = root,
  ): Promise<{ stdout: string; stderr: string }> => {
    const finished = await lab.run(args, as);
    expect({ args, exit: finished.exit, stderr: finished.stderr }).toEqual({
      args,
      exit: 0,
      stderr: expect.not.stringContaining("Error"),
    });
    return finished;
  };
  const made = await ok(["vault", "create-write-token", "test"]);
  const { token, display_name } = load(made.stdout) as Record<string, string>;
  expect(display_name).toBe("token-test");
  const writer = { VAULT_TOKEN: token ?? "", VAULT_NAMESPACE: namespace };
  const sync = await ok(["secrets", "sync", "test", "--secrets", "one.yaml"], writer);
  expect(sync.stdout).toBe("Created Vault secret for a\nCreated Vault secret for b\n");
  const at = async (name: string): Promise<Readonly<Record<string, string>>> =>
    (await lab.must({ method: "GET", path: `secret/data/phalanx/test/${name}`, namespace })).data.data;
  const first = await at("a");
  expect(await at("b")).toEqual({ c: first["p"] });
  const rotate = await ok(["secrets", "rotate", "test", "a/p", "--yes"], writer);
  expect((await at("a"))["p"]).not.toBe(first["p"]);
  await ok(["secrets", "restore", "test", "--run", /--run (\S+)/.exec(rotate.stderr)?.[1] ?? "", "--yes"], writer);
  expect(await at("a")).toEqual(first);
  expect((await ok(["secrets", "audit", "test", "--secrets", "one.yaml"], writer)).stdout).toBe("");

  const approle = load((await ok(["vault", "create-read-approle", "test"])).stdout) as Record<string, string>;
  const reader = {
    VAULT_ROLE_ID: approle["role_id"] ?? "",
    VAULT_SECRET_ID: approle["secret_id"] ?? "",
    VAULT_NAMESPACE: namespace,
  };
  await ok(["secrets", "audit", "test", "--secrets", "one.yaml", "--auth", "approle"], reader);
  expect((await ok(["vault", "audit", "test"])).stdout).toBe("");
  await lab.tree.write("fleet.yaml", `environments: {test: {namespace: ${namespace}}}\n`);
  const fleet = await ok(["fleet", "audit", "--fleet-config", "fleet.yaml"], { VAULT_TOKEN_TEST: token ?? "" });
  expect(fleet.stdout).toMatch(/^test +clean, except 1 static secret not compared$/m);
  expect(await holdings(namespace)).toEqual({
    secrets: ["a", "b"],
    policies: expect.arrayContaining(["phalanx/test/read", "phalanx/test/write"]),
    roles: ["test"],
  });
  expect(await Promise.all(elsewhere.map(holdings))).toEqual(before);
  expect(await holdings("")).toMatchObject(EMPTY);
  expect(new Set(lab.proxy.requests.slice(earlier).map((request) => request.namespace))).toEqual(new Set([namespace]));

  // The token and the AppRole are good in that namespace alone.
  for (const [as, more, why] of [
    [writer, [], 'lacks the capability "list" on secret/metadata/phalanx/test/\n'],
    [reader, ["--auth", "approle"], "status 400: invalid role or secret ID\n"],
  ] as const) {
    const { VAULT_NAMESPACE: _, ...outside } = as;
    const refused = await lab.run(["secrets", "audit", "test", "--secrets", "one.yaml", ...more], outside);
    expect(refused).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining(why) });
  }
});

test("a namespace may be written with slashes around it", async () => {
  const audit = await lab.run(["secrets", "audit", "test", "--secrets", "one.yaml"], {
    ...env,
    VAULT_NAMESPACE: "/ns1/sub/",
  });
  expect(audit.stderr).toBe("static secrets of test: from one.yaml\n");
});
