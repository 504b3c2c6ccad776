import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { makeRepository, type TestRepository } from "./support/git.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type ProxiedRequest, type Proxy, startProxy } from "./support/proxy.js";
import { readActionFile, removeTemporary, runStep, type Step, type StepResult } from "./support/runner.js";
import { environmentFiles } from "./support/tree.js";

const ID_TOKEN = "header.id-token-of-the-job.signature";
const STATIC_VALUE = "canary-of-a-static-value";

let vault: TestVault;
/** Vault, and what GitHub gives its jobs, as the action meets them. */
let server: Proxy;
let kv: Kv;
let repository: TestRepository;
let loginToken = "";
const HEAD = async (): Promise<string> => (await repository.git("rev-parse", "HEAD")).trim();

beforeAll(async () => {
  vault = await startVault();
  server = await startProxy(vault.url, answer);
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
});
afterAll(() => Promise.all([server.close(), vault.close(), removeTemporary()]));
beforeEach(async () => {
  loginToken = await newToken();
  for (const name of ["app", "left-over"]) await kv.call("DELETE", `secret/metadata/phalanx/test/${name}`);
  (server.requests as ProxiedRequest[]).length = 0;
  repository = await makeRepository(filesWith(server.url));
  return () => repository.remove();
});

async function newToken(): Promise<string> {
  const { body } = await kv.call("POST", "auth/token/create", { policies: ["root"], no_parent: true });
  return (body as { auth: { client_token: string } }).auth.client_token;
}

function answer({ path, body }: ProxiedRequest): Fate {
  if (path.startsWith("/id-token")) return { status: 200, body: JSON.stringify({ value: ID_TOKEN }) };
  if (path !== "auth/jwt/login") return "pass";
  const good = body === JSON.stringify({ role: "phalanx-ci", jwt: ID_TOKEN });
  return good
    ? { status: 200, body: JSON.stringify({ auth: { client_token: loginToken } }) }
    : { status: 400, body: '{"errors":["no"]}' };
}

function filesWith(vaultUrl: string, more = ""): Record<string, string> {
  const secrets = "password: {description: x, generate: {type: password}}\nhook: {description: x}\n";
  const files = environmentFiles(
    vaultUrl,
    { app: { secrets } },
    { "static.yaml": `applications: {app: {hook: {value: ${STATIC_VALUE}}}}\n` },
  );
  return { ...files, "environments/values-test.yaml": files["environments/values-test.yaml"] + more };
}

async function pullRequest(): Promise<Step["event"]> {
  const sha = (await repository.git("rev-parse", "main")).trim();
  return {
    name: "pull_request",
    ref: "refs/pull/7/merge",
    sha: await HEAD(),
    payload: { pull_request: { number: 7, base: { sha, ref: "main" } }, repository: { default_branch: "main" } },
  };
}

async function push(ref = "refs/heads/main"): Promise<Step["event"]> {
  return {
    name: "push",
    ref,
    sha: await HEAD(),
    payload: { before: await HEAD(), repository: { default_branch: "main" } },
  };
}

const step = (
  event: Step["event"],
  inputs: Record<string, string>,
  env: Record<string, string> = {},
): Promise<StepResult> =>
  runStep({
    inputs: { environment: "test", role: "phalanx-ci", secrets: "static.yaml", ...inputs },
    event,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/id-token?version=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token-of-the-job",
      ...env,
    },
    workspace: repository.root,
  });

/** Who started the runs that wrote an application, as they are noted. */
async function noteOf(application: string): Promise<string | undefined> {
  const { body } = await kv.call("GET", `secret/metadata/phalanx/test/${application}`);
  return (body as { data: { custom_metadata: Record<string, string> } }).data.custom_metadata["phalanx.runs"];
}

/** A branch whose environment has other settings. */
async function change(vaultUrl: string, more = ""): Promise<void> {
  await repository.git("switch", "--quiet", "--create", "change");
  const text = filesWith(vaultUrl, more)["environments/values-test.yaml"] ?? "";
  await repository.write("environments/values-test.yaml", text);
  await repository.commit("change");
}

test("action.yml hands every input on, names no other action, and puts no expression into a script", async () => {
  const { inputs, runs } = await readActionFile();
  expect(runs.steps.filter(({ uses }) => uses !== undefined)).toEqual([]);
  expect(runs.steps.map(({ run }) => run).join("")).not.toContain("${{");
  const handedOn = Object.fromEntries(
    Object.keys(inputs).map((name) => [`INPUT_${name.toUpperCase().replaceAll("-", "_")}`, `\${{ inputs.${name} }}`]),
  );
  expect(runs.steps.at(-1)?.env).toEqual(handedOn);
  expect(inputs["require-tls"]?.default).toBe("true");
});

test("without a directory of the job, reports go into a new one, and through no link that lies in /tmp", async () => {
  const shared = await mkdtemp(join(tmpdir(), "phalanx-action-"));
  try {
    await writeFile(join(shared, "precious"), "years of work");
    await symlink("precious", join(shared, "phalanx-diff.md"));
    const { exit, outputs } = await step(
      await push(),
      { command: "diff", base: "HEAD" },
      { RUNNER_TEMP: "", TMPDIR: shared },
    );
    expect(exit).toBe(0);
    expect(outputs["report"]).toMatch(/\/phalanx-action-\w+\/phalanx-diff\.md$/);
    expect(await readFile(join(shared, "precious"), "utf8")).toBe("years of work");
    expect((await stat(dirname(outputs["report"] ?? ""))).mode & 0o777).toBe(0o700);
  } finally {
    await rm(shared, { recursive: true });
  }
});

test("the build sees no credential of the job, and is not repeated", async () => {
  const { runs } = await readActionFile();
  const directory = await mkdtemp(join(tmpdir(), "phalanx-action-"));
  const credentials = Object.fromEntries(
    [
      "VAULT_TOKEN",
      "VAULT_ROLE_ID",
      "VAULT_SECRET_ID",
      "OP_CONNECT_TOKEN",
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
      "SOPS_AGE_KEY",
    ].map((name) => [name, "canary"]),
  );
  const build = (command = "lint"): string =>
    execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", runs.steps[0]?.run ?? ""], {
      env: { PATH: `${directory}/bin:/usr/bin:/bin`, GITHUB_ACTION_PATH: directory, COMMAND: command, ...credentials },
      encoding: "utf8",
    });
  try {
    await mkdir(join(directory, "bin"));
    for (const program of ["npm", "node"])
      await writeFile(join(directory, "bin", program), '#!/bin/sh\necho "$0 $*"\nenv\n', { mode: 0o755 });
    const printed = build();
    expect(printed).toContain("npm ci --ignore-scripts");
    expect(printed).toContain("node scripts/build.mjs");
    expect(printed).not.toContain("canary");
    await mkdir(join(directory, "dist"));
    await writeFile(join(directory, "dist/action.cjs"), "");
    expect(build()).toBe("");
    // A release has its bundle, and needs bcrypt alone, where hashes may be made.
    await mkdir(join(directory, "action-dist"));
    await writeFile(join(directory, "action-dist/action.cjs"), "");
    expect([build("lint"), build("diff")]).toEqual(["", ""]);
    expect(build("sync")).toContain("npm ci --omit=dev --ignore-scripts");
    expect(build("plan")).not.toMatch(/canary|scripts\/build/);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

describe("lint and diff", () => {
  test("lint annotates, and fails on errors", async () => {
    await repository.write(
      "applications/app/secrets.yaml",
      "password: {description: x, copy: {application: app, key: gone}}\n",
    );
    const done = await step(await pullRequest(), { command: "lint" });
    expect(done.exit).toBe(1);
    expect(done.annotations[0]).toMatch(/^error file=applications\/app\/secrets\.yaml,line=1,col=\d+,title=\S+: /);
  });

  test("diff writes the body of a comment that can be found again, and asks nobody", async () => {
    await repository.git("switch", "--quiet", "--create", "change");
    await repository.write(
      "applications/app/secrets.yaml",
      "password: {description: x, generate: {type: password}}\nnew: {description: <b>new</b>}\n",
    );
    await repository.commit("change");
    const done = await step(await pullRequest(), { command: "diff", environment: "" });
    expect(done).toMatchObject({ exit: 0, masks: [], outputs: { changes: "true" } });
    const body = await readFile(done.outputs["report"] ?? "", "utf8");
    expect(body).toMatch(/^<!-- phalanx diff -->\n\*\*/);
    expect(body).toContain("<code>app new</code> &#60;b&#62;new&#60;/b&#62;");
    expect(done.summary.trim()).toBe(body.slice(body.indexOf("\n") + 1).trim());
    expect(server.requests).toEqual([]);
    expect(await step(await push(), { command: "diff" })).toMatchObject({ exit: 0, outputs: { changes: "false" } });
  });

  test("diff needs something to compare with", async () => {
    const event = { name: "workflow_dispatch", payload: {} };
    const done = await step(event, { command: "diff" });
    expect(done).toMatchObject({
      exit: 2,
      annotations: [expect.stringContaining("There is nothing to compare against")],
    });
    expect(await step(event, { command: "diff", base: "main" })).toMatchObject({ exit: 0 });
  });
});

describe("plan and sync", () => {
  test("a plan on a pull request, and after the merge exactly that plan", async () => {
    const planned = await step(await pullRequest(), { command: "plan" });
    expect(planned).toMatchObject({ exit: 0, outputs: { changes: "true" } });
    expect(planned.log).toContain("app");
    expect(planned.summary).toMatch(/^### Secrets of test: the plan\n\n```text\n/);
    const path = planned.outputs["plan"] ?? "";
    expect(await readFile(path, "utf8")).not.toContain(STATIC_VALUE);
    expect(server.requests.map(({ path: asked }) => asked).slice(0, 2)).toEqual([
      `/id-token?version=1&audience=${encodeURIComponent(server.url)}`,
      "auth/jwt/login",
    ]);
    expect(server.requests.at(-1)).toMatchObject({ path: "auth/token/revoke-self", token: loginToken });
    expect(await kv.get("app")).toBeUndefined();

    const refused = await step(await pullRequest(), { command: "sync", plan: path });
    expect(refused).toMatchObject({
      exit: 2,
      annotations: [expect.stringContaining("sync does not run on pull_request")],
    });
    loginToken = await newToken();
    const log = join(dirname(path), "audit.log");
    const who = { GITHUB_ACTOR: "octocat", PHALANX_AUDIT_LOG: log };
    const synced = await step(await push(), { command: "sync", plan: path }, who);
    expect(JSON.parse(await readFile(log, "utf8"))).toMatchObject({ command: "secrets sync", by: "octocat" });
    expect(await noteOf("app")).toContain("|sync|octocat|");
    expect(synced).toMatchObject({ exit: 0, outputs: { changes: "true" } });
    expect(synced.log).toContain("Created Vault secret for app");
    expect(await kv.get("app")).toMatchObject({ hook: STATIC_VALUE });
  });

  test("everything that is held is masked, and nothing that is shown holds it", async () => {
    await kv.put("left-over", { certificate: "first-line-of-it\n}\nlast-line-of-it", number: 12_345_678 });
    await kv.put("app", { password: "the-old-password", hook: "another-value" });
    const held = { VAULT_TOKEN: "token-in-the-environment", SOPS_AGE_KEY: "identity-in-the-environment" };
    const done = await step(await pullRequest(), { command: "plan" }, held);
    expect(done.masks).toEqual(
      expect.arrayContaining([
        ...Object.values(held),
        "request-token-of-the-job",
        ID_TOKEN,
        loginToken,
        STATIC_VALUE,
        "the-old-password",
        "another-value",
        "first-line-of-it",
        "last-line-of-it",
        "12345678",
      ]),
    );
    expect(done.masks).not.toContain("}");
    const shown = done.raw.replaceAll(/^::add-mask::.*$/gm, "") + done.summary;
    for (const mask of done.masks) expect(shown).not.toContain(mask);
    expect(done.log).not.toContain("***");
  });

  test("outside of GitHub Actions nothing is masked, because that would show it", async () => {
    const done = await step(await pullRequest(), { command: "plan" }, { GITHUB_ACTIONS: "" });
    expect(done.exit).toBe(0);
    expect(done.raw).not.toContain(STATIC_VALUE);
  });

  test("a plan without changes says so", async () => {
    await kv.put("app", { password: "aaaa", hook: STATIC_VALUE });
    expect(await step(await pullRequest(), { command: "plan" })).toMatchObject({
      exit: 0,
      outputs: { changes: "false" },
    });
  });

  test("a plan that deletes in bulk is applied only if it was made to", async () => {
    await kv.put("left-over", Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`key${i}`, STATIC_VALUE])));
    const plan = join(repository.root, "bulk.plan");
    const next = async (inputs: Record<string, string>): Promise<StepResult> => {
      loginToken = await newToken();
      return step(await push(), { plan, ...inputs });
    };
    const planning = { command: "plan", delete: "true" };
    await next(planning);
    const refused = await next({ command: "sync" });
    expect([refused.exit, refused.log]).toEqual([2, expect.stringContaining("This would delete 12 of the 12 keys")]);
    await next({ ...planning, "allow-mass-delete": "true" });
    expect(await next({ command: "sync" })).toMatchObject({
      exit: 0,
      log: expect.stringContaining("Deleted Vault secret for left-over"),
    });
  });

  test("a login that fails is an error of the step", async () => {
    const done = await step(await pullRequest(), { command: "plan", role: "another" });
    expect(done).toMatchObject({ exit: 1, outputs: {} });
    expect(done.log).toContain("Error: ");
  });
});

describe("no token is read and no request sent", () => {
  const CONNECT = 'onepassword: {connectUrl: "http://127.0.0.1:9", vaultTitle: x}\n';
  /** Nothing was asked, and nothing was even masked, for which it would have to be read. */
  const expectRefusal = (done: StepResult, message: string): void => {
    expect(done.annotations).toEqual([expect.stringContaining(message)]);
    expect(done).toMatchObject({ exit: 2, masks: [], outputs: {} });
    expect(server.requests).toEqual([]);
  };

  test("if a pull request changes vaultUrl or connectUrl", async () => {
    await change(server.url, CONNECT);
    const event = await pullRequest();
    expectRefusal(await step(event, { command: "plan" }), "test: onepassword.connectUrl is http://127.0.0.1:9");
    await repository.git("switch", "--quiet", "main");
    await repository.git("branch", "--quiet", "-D", "change");
    await change(server.url.replace(/127[.\d]+/, "localhost"));
    expectRefusal(await step(await pullRequest(), { command: "plan" }), "test: vaultUrl is http://localhost");
  });

  test("unless the workflow pins both; a pin that does not fit refuses, too", async () => {
    await change(vault.url);
    const event = await pullRequest();
    expectRefusal(
      await step(event, { command: "plan", "vault-url": "https://vault.example.org" }),
      "but the workflow pins",
    );
    expectRefusal(await step(event, { command: "plan", "connect-url": server.url }), "test: vaultUrl is ");
    const pinned = await step(
      event,
      { command: "plan", "vault-url": `${vault.url}/`, auth: "token" },
      { VAULT_TOKEN: vault.rootToken },
    );
    expect(pinned.exit).toBe(0);
  });

  test("if what is merged into is not the default branch", async () => {
    const event = await pullRequest();
    const payload = { ...(event.payload as object), repository: { default_branch: "trunk" } };
    expectRefusal(
      await step({ ...event, payload }, { command: "plan" }),
      "The base of this change is not the default branch",
    );
  });

  test("if the base is not in the clone, or has no such environment", async () => {
    const event = await pullRequest();
    const base = { sha: "0123456789012345678901234567890123456789", ref: "main" };
    const payload = { ...(event.payload as object), pull_request: { number: 7, base } };
    expectRefusal(
      await step({ ...event, payload }, { command: "plan" }),
      "The base commit 012345678901 is not in this clone",
    );
    await repository.git("switch", "--quiet", "--create", "change");
    await repository.git("mv", "environments/values-test.yaml", "environments/values-new.yaml");
    await repository.write(
      "environments/values-new.yaml",
      (filesWith(server.url)["environments/values-test.yaml"] ?? "").replace("name: test", "name: new"),
    );
    await repository.commit("new");
    expectRefusal(
      await step(await pullRequest(), { command: "plan", environment: "new" }),
      "but not set on the default branch",
    );
  });

  test("on pull_request_target, whatever the command", async () => {
    const event = { ...(await pullRequest()), name: "pull_request_target" };
    for (const command of ["lint", "diff", "plan", "sync"])
      expectRefusal(await step(event, { command, plan: "x" }), "This action does not run on pull_request_target");
  });

  test("if a push is to another branch, or something else is checked out than the run is about", async () => {
    expectRefusal(
      await step(await push("refs/heads/other"), { command: "plan" }),
      "This run is not on the default branch",
    );
    const event = await push();
    await change(server.url);
    expectRefusal(
      await step(event, { command: "sync", plan: "x" }),
      "The checkout is not at the commit that started this run",
    );
  });

  test("if a pull request makes the static secrets file, or a directory above it, a link out of the checkout", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    await writeFile(join(outside, "static.yaml"), `applications: {app: {hook: {value: ${STATIC_VALUE}}}}\n`);
    await rm(join(repository.root, "static.yaml"));
    await symlink(join(outside, "static.yaml"), join(repository.root, "static.yaml"));
    await symlink(outside, join(repository.root, "directory"));
    for (const secrets of ["static.yaml", "directory/static.yaml"]) {
      const done = await step(await pullRequest(), { command: "plan", secrets });
      expectRefusal(done, `${secrets}: is a link to a path outside the checkout`);
    }
    const named = await step(await pullRequest(), { command: "plan", secrets: join(outside, "static.yaml") });
    expect(named.exit).toBe(0);
    await rm(outside, { recursive: true });
  });

  test("if the server is not encrypted, which is the default", async () => {
    await repository.remove();
    repository = await makeRepository(filesWith("http://vault.example.org"));
    const proxy = { HTTP_PROXY: "http://127.0.0.1:1" };
    const done = await step(await push(), { command: "plan" }, proxy);
    expect(done.log).toContain("Error: http://vault.example.org is not encrypted");
    expect(server.requests).toEqual([]);
    const allowed = await step(await push(), { command: "plan", "require-tls": "false" }, proxy);
    expect(allowed.log).toContain("Warning: http://vault.example.org is not encrypted");
  });

  test("if an input is wrong", async () => {
    const refused = async (inputs: Record<string, string>): Promise<string> =>
      (await step(await push(), inputs)).annotations.join("\n");
    expect(await refused({ command: "plam" })).toContain(
      'Input command is "plam", which is not a command of this action. Did you mean "plan"?',
    );
    expect(await refused({ command: "plan", environment: "a b" })).toContain("plan needs one environment, but got 2");
    expect(await refused({ command: "plan", environment: "--delete" })).toContain(
      "--delete is not a valid environment name",
    );
    expect(await refused({ command: "plan", "require-tls": "no" })).toContain(
      'Input require-tls is "no"; it must be true or false',
    );
    expect(await refused({ command: "sync" })).toContain("sync needs a plan");
  });
});

test("what a command prints is not a command to the runner", async () => {
  const name = "x\n::add-mask::all\n::error::no";
  await mkdir(join(repository.root, "applications/app"), { recursive: true });
  await writeFile(
    join(repository.root, "applications/app/secrets.yaml"),
    `${JSON.stringify(name)}: {description: x}\n`,
  );
  const done = await step(await push(), { command: "plan" });
  expect(done.annotations.filter((each) => !each.includes("title=phalanx"))).toEqual([]);
  expect(done.masks).not.toContain("all");
});
