import { load } from "js-yaml";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Finished } from "../support/cli.js";
import { HAS_SCRIPT, phalanxAtTerminal } from "../support/terminal.js";
import { type Lab, openLab } from "../support/lab.js";

let lab: Lab;
let token: string;
let reader: { VAULT_ROLE_ID: string; VAULT_SECRET_ID: string };
beforeAll(async () => {
  lab = await openLab();
  await lab.must({ method: "POST", path: "sys/auth/approle", body: { type: "approle" } });
  const written = await lab.asRoot("vault", "create-write-token", "test");
  token = (load(written.stdout) as { token: string }).token;
  const read = await lab.asRoot("vault", "create-read-approle", "test");
  const { role_id, secret_id } = load(read.stdout) as { role_id: string; secret_id: string };
  reader = { VAULT_ROLE_ID: role_id, VAULT_SECRET_ID: secret_id };
  await lab.environment("test2", "secret/phalanx/test2");
  await lab.environment("sub", "secret/phalanx/test/sub");
  for (const path of ["test2/x", "test/sub/x"])
    await lab.must({ method: "POST", path: `secret/data/phalanx/${path}`, body: { data: { x: "theirs" } } });
});
afterAll(() => lab.close());

beforeEach(async () => {
  for (const name of ["a", "b", "stranger"])
    await lab.must({ method: "DELETE", path: `secret/metadata/phalanx/test/${name}` });
});

/** Every operation on a secret that KV v2 knows, with the path of the secret. */
const OPERATIONS = [
  ["GET", "data"],
  ["POST", "data"],
  ["DELETE", "data"],
  ["GET", "metadata"],
  ["POST", "metadata"],
  ["DELETE", "metadata"],
  ["POST", "delete"],
  ["POST", "undelete"],
  ["POST", "destroy"],
] as const;
const BODIES: Readonly<Record<string, object>> = {
  data: { data: { x: "ours" } },
  metadata: { custom_metadata: { x: "ours" } },
};

/** What the server answers to each operation on one secret. */
async function statuses(as: string, path: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [method, kind] of OPERATIONS) {
    const answer = await fetch(`${lab.vault.url}/v1/secret/${kind}/phalanx/${path}`, {
      method,
      headers: { "x-vault-token": as },
      ...(method === "POST" ? { body: JSON.stringify(BODIES[kind] ?? { versions: [1] }) } : {}),
    });
    found[`${method} ${kind}`] = answer.status;
  }
  return found;
}
const REFUSED = Object.fromEntries(OPERATIONS.map(([method, kind]) => [`${method} ${kind}`, 403]));

describe("the write token", () => {
  test("is enough for every command under secrets, and for those that look", { timeout: 60_000 }, async () => {
    for (const name of ["a", "b"]) await lab.must({ method: "DELETE", path: `secret/metadata/phalanx/test/${name}` });
    const earlier = lab.proxy.requests.length;
    const used = new Set<string>();
    const ok = async (command: string, { exit = 0, input = "" } = {}): Promise<Finished> => {
      const args = command.split(" ");
      if (args[0] === "secrets") used.add(args[1] ?? "");
      const finished = await lab.run(args, { VAULT_TOKEN: token, VAULT_TOKEN_TEST: token }, input);
      expect({ command, ...finished }).toMatchObject({ command, exit });
      if (exit === 0)
        expect({ command, ...finished }).toMatchObject({
          stderr: expect.not.stringMatching(/Error|could not be noted/),
        });
      return finished;
    };
    const runOf = ({ stderr }: Finished): string => /--run (\S+)/.exec(stderr)?.[1] ?? "";
    await ok("secrets audit test --secrets one.yaml", { exit: 1 });
    await ok("secrets plan test --secrets one.yaml --out first.plan --force");
    await ok("secrets sync test --secrets one.yaml --plan first.plan");
    const first = await lab.kv.get("a");
    const { created_time: moment = "" } =
      (await lab.must({ method: "GET", path: "secret/metadata/phalanx/test/b" })).data.versions["1"] ?? {};
    await ok("secrets sync test --secrets two.yaml");
    await ok("secrets set test a/s --yes", { input: "three" });
    await ok("secrets set test --from-file one.yaml --yes");
    lab.decide(({ method, path }) =>
      method === "POST" && path.endsWith("/data/phalanx/test/b") ? { status: 400, body: '{"errors":["no"]}' } : "pass",
    );
    await ok("secrets rotate test a/p --yes", { exit: 1 });
    lab.decide(() => "pass");
    await ok("secrets rotate test a/p --resume");
    await ok("secrets sync test --secrets one.yaml --regenerate --yes");
    await ok("secrets explain test a/p");
    await ok("secrets history test");
    await ok("secrets missing test");
    await lab.kv.put("stranger", { x: "theirs" });
    const deleted = await ok("secrets sync test --secrets one.yaml --delete --yes");
    await ok(`secrets restore test --run ${runOf(deleted)} --yes`);
    expect(await lab.kv.get("stranger")).toEqual({ x: "theirs" });
    await ok(`secrets restore test --at ${moment} a b --yes`);
    expect(await lab.kv.get("a")).toEqual(first);
    // An old version that was deleted is undeleted to be read, and deleted again.
    await lab.must({ method: "POST", path: "secret/delete/phalanx/test/a", body: { versions: [2] } });
    await ok("secrets restore test --kv-version 2 a --yes");
    expect(await lab.kv.get("a")).toMatchObject({ s: "two" });
    await ok("vault preflight test");
    await ok("vault export-secrets test out");
    await lab.must({ method: "DELETE", path: "secret/metadata/phalanx/test/b" });
    await lab.kv.put("b", { c: "of another program" });
    expect(await ok("migrate check test --secrets two.yaml --write-provenance")).toMatchObject({
      stderr: expect.not.stringContaining("Everything had already been noted"),
    });
    await ok("fleet audit test", { exit: 1 });

    const help = await lab.run(["secrets", "--help"]);
    const offline = [
      "consumers",
      "edit",
      "list",
      "onepassword-secrets",
      "onepassword-template",
      "schema",
      "static-template",
    ];
    const all = [...help.stdout.matchAll(/^ {2}([a-z]\S+) /gm)].map(([, name = ""]) => name);
    expect([...used, ...offline].sort()).toEqual(all.sort());
    expect(new Set(lab.proxy.requests.slice(earlier).map((request) => request.token))).toEqual(new Set([token]));
  });

  test.skipIf(!HAS_SCRIPT)("destroys what somebody at a terminal agrees to", async () => {
    await lab.asRoot("secrets", "sync", "test", "--secrets", "two.yaml");
    await lab.kv.put("doomed", { x: "theirs" });
    const purged = await phalanxAtTerminal(
      "secrets sync test --secrets two.yaml --delete --purge",
      [[/test\?/, "yes"]],
      {
        cwd: lab.tree.root,
        env: { PATH: process.env["PATH"] ?? "", HOME: lab.tree.root, VAULT_TOKEN: token },
      },
    );
    expect(purged).toMatchObject({ exit: 0 });
    expect(await lab.kv.version("doomed")).toBe(0);
  });

  test.each(["test2/x", "test/sub/x"])("may do nothing at all with phalanx/%s", async (path) => {
    expect(await statuses(token, path)).toEqual(REFUSED);
    expect((await lab.must({ method: "GET", path: `secret/data/phalanx/${path}` })).data.data).toEqual({ x: "theirs" });
  });

  test.each([
    ["test2", '"list" on secret/metadata/phalanx/test2/', "19 of 19"],
    // The names below its own prefix it may list, and nothing else.
    ["sub", '"read" on secret/', "24 of 25"],
  ])("is refused by every command for %s, before anything is written", async (name, lacking, lacks) => {
    for (const command of ["secrets audit", "secrets plan", "secrets sync", "secrets history"])
      expect(await lab.run([...command.split(" "), name], { VAULT_TOKEN: token })).toEqual({
        exit: 2,
        stdout: "",
        stderr: expect.stringContaining(`Error: Permission denied: the Vault token lacks the capability ${lacking}`),
      });
    expect(await lab.run(["vault", "preflight", name], { VAULT_TOKEN: token })).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining(`The Vault token lacks ${lacks} capabilities:\n`),
    });
  });

  test.each([
    ["create-write-token", '"list" on auth/token/accessors'],
    ["create-read-approle", '"read" on auth/approle/role/test'],
    // It asks for all of it at once, and says what is refused first.
    ["audit", '"(read|list)" on (auth/(approle/role/test|token/accessors)|sys/policies/acl/phalanx/test/(read|write))'],
  ])("is not enough for vault %s", async (command, lacking) => {
    expect(await lab.run(["vault", command, "test"], { VAULT_TOKEN: token })).toEqual({
      exit: 2,
      stdout: "",
      stderr: expect.stringMatching(
        `^Error: Permission denied: the Vault token lacks the capability ${lacking}\nHint: Use the token of a Vault administrator: .*\n$`,
      ),
    });
  });
});

describe("the read AppRole", () => {
  const run = (command: string) => lab.run([...command.split(" "), "--auth", "approle"], reader);

  test("logs in, and looks at everything", async () => {
    await lab.asRoot("secrets", "sync", "test", "--secrets", "two.yaml");
    expect(await run("secrets audit test --secrets two.yaml")).toMatchObject({
      exit: 0,
      stderr:
        "static secrets of test: from two.yaml\n" +
        "Warning: secret/phalanx/test also holds sub/: phalanx reads one Vault secret per application, and nothing in such folders\n",
    });
    expect(await run("secrets history test")).toMatchObject({ exit: 0, stdout: expect.stringContaining("  a  v") });
    expect(await run("secrets explain test a/p")).toMatchObject({ exit: 0 });
    expect(await run("vault export-secrets test read")).toMatchObject({ exit: 0 });
    expect(await run("secrets plan test --secrets one.yaml")).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining("1 to change, in 1 Vault secret.\n"),
    });
    await lab.tree.write("readers.yaml", "environments: {test: {auth: approle}}\n");
    const fleet = { VAULT_ROLE_ID_TEST: reader.VAULT_ROLE_ID, VAULT_SECRET_ID_TEST: reader.VAULT_SECRET_ID };
    expect(await lab.run(["fleet", "audit", "--fleet-config", "readers.yaml"], fleet)).toMatchObject({
      stdout: expect.stringMatching(/^test +clean, except 1 static secret not compared$/m),
      stderr: expect.not.stringContaining("test"),
    });
  });

  test("may write nothing, and is told so before the first write", async () => {
    for (const file of ["one.yaml", "two.yaml"]) await lab.asRoot("secrets", "sync", "test", "--secrets", file);
    const before = await lab.kv.get("a");
    const auth = await lab.must({
      method: "POST",
      path: "auth/approle/login",
      body: { role_id: reader.VAULT_ROLE_ID, secret_id: reader.VAULT_SECRET_ID },
    });
    const as = auth.auth.client_token;
    expect(await statuses(as, "test/a")).toEqual({ ...REFUSED, "GET data": 200, "GET metadata": 200 });
    for (const path of ["test2/x", "test/sub/x"]) expect(await statuses(as, path)).toEqual(REFUSED);
    for (const [command, lacking] of [
      [
        "secrets sync test --secrets one.yaml",
        'write a: lacks the capability "update" on secret/data/phalanx/test/a\n',
      ],
      ["secrets rotate test a/p --yes", 'write b: lacks the capability "update" on secret/data/phalanx/test/b\n'],
      ["secrets restore test --kv-version 1 a --yes", 'lacks the capability "update" on secret/data/phalanx/test/a\n'],
    ] as const)
      expect(await run(command)).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining(lacking) });
    expect(await lab.kv.get("a")).toEqual(before);
  });
});
