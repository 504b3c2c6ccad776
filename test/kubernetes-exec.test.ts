import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClusterPorts } from "../src/kubernetes/access.js";
import { failure, type FakeCluster, type KubeconfigParts, podList, startCluster, TLS } from "./support/api-server.js";

const API = "client.authentication.k8s.io/v1";
let cluster: FakeCluster;
/** Tokens that the server knows; any, if there are none. */
let known: string[];

beforeEach(async () => {
  known = [];
  cluster = await startCluster(({ headers }) =>
    known.length === 0 || known.includes(headers.authorization ?? "")
      ? { body: podList([]) }
      : failure(401, "Unauthorized"),
  );
});
afterEach(() => cluster.close());

/** A plugin of Node that notes how it was run, once for each time; `${n}` in what it prints is how often that was. */
async function plugin(status: object | string, code = 0): Promise<string> {
  const printed =
    typeof status === "string" ? status : JSON.stringify({ apiVersion: API, kind: "ExecCredential", status });
  const path = await cluster.write(
    "plugin",
    `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const { KUBERNETES_EXEC_INFO: info, ADDED: added } = process.env;
appendFileSync(__dirname + "/runs", JSON.stringify({ info: JSON.parse(info), added, args: process.argv.slice(2), cwd: process.cwd() }) + "\\n");
const n = readFileSync(__dirname + "/runs", "utf8").split("\\n").length - 1;
process.stdout.write(${JSON.stringify(printed)}.replaceAll("\${n}", n), () => process.exit(${code}));
`,
  );
  await chmod(path, 0o755);
  return path;
}

const runs = async (): Promise<Record<string, unknown>[]> =>
  (await readFile(join(cluster.directory, "runs"), "utf8").catch(() => ""))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const open = (exec: object, parts?: KubeconfigParts, ports?: Partial<ClusterPorts>) =>
  cluster.openAs({ exec: { apiVersion: API, command: "./plugin", interactiveMode: "Never", ...exec } }, parts, ports);
const tokens = () => cluster.asked.map(({ headers }) => headers.authorization);

describe("a plugin", () => {
  test("is run once, beside its kubeconfig, with its arguments and variables", async () => {
    await plugin({ token: "from-plugin" });
    const opened = await open({ args: ["a b", "$(x)"], env: [{ name: "ADDED", value: "it" }] });
    await Promise.all([opened.list("pods"), opened.list("deployments").catch(() => {}), opened.list("pods")]);
    expect(tokens()).toEqual(["Bearer from-plugin", "Bearer from-plugin", "Bearer from-plugin"]);
    const info = { apiVersion: API, kind: "ExecCredential", spec: { interactive: false } };
    expect(await runs()).toEqual([{ info, added: "it", args: ["a b", "$(x)"], cwd: cluster.directory }]);
  });

  test("of the older version is spoken to in it, and found on PATH", async () => {
    const apiVersion = "client.authentication.k8s.io/v1beta1";
    await plugin(JSON.stringify({ apiVersion, kind: "ExecCredential", status: { token: "t" } }));
    await (await open({ apiVersion, command: "plugin" }, {}, { env: { PATH: cluster.directory } })).list("pods");
    expect(tokens()).toEqual(["Bearer t"]);
  });

  test("is told of the cluster if it wants to know", async () => {
    await plugin({ token: "t" });
    const extension = { name: "client.authentication.k8s.io/exec", extension: { audience: "x", large: 2 ** 60 } };
    await (await open({ provideClusterInfo: true }, { cluster: { extensions: [extension] } })).list("pods");
    const authority = (await readFile(TLS.certFile)).toString("base64");
    const { audience, large } = extension.extension;
    expect((await runs())[0]?.["info"]).toMatchObject({
      spec: {
        interactive: false,
        cluster: { server: cluster.url, "certificate-authority-data": authority, config: { audience, large } },
      },
    });
  });

  test("may give a certificate", async () => {
    const [clientCertificateData, clientKeyData] = await Promise.all([
      readFile(TLS.certFile, "utf8"),
      readFile(TLS.keyFile, "utf8"),
    ]);
    await plugin({ clientCertificateData, clientKeyData });
    await (await open({})).list("pods");
    expect(cluster.asked).toMatchObject([{ certificate: true }]);
    expect(tokens()).toEqual([undefined]);
  });

  test("is not run where the user has a token", async () => {
    const opened = await cluster.openAs({ token: "own", exec: { apiVersion: API, command: "./nowhere" } });
    await opened.list("pods");
    expect(tokens()).toEqual(["Bearer own"]);
  });

  test("is run again once what it gave has expired", async () => {
    await plugin({ token: "t${n}", expirationTimestamp: "2030-01-01T00:00:00Z" });
    let time = "2029-12-31T23:59:59Z";
    const opened = await open({}, {}, { now: () => new Date(time) });
    await opened.list("pods");
    await opened.list("pods");
    time = "2030-01-01T00:00:00Z";
    await opened.list("pods");
    expect(tokens()).toEqual(["Bearer t1", "Bearer t1", "Bearer t2"]);
  });

  test("is run again once after a refusal, and no more", async () => {
    await plugin({ token: "t${n}" });
    known = ["Bearer t2"];
    const opened = await open({});
    expect(await Promise.all([opened.list("pods"), opened.list("pods")])).toMatchObject([{ items: [] }, { items: [] }]);
    expect(await runs()).toHaveLength(2);
    known = ["Bearer other"];
    expect(await opened.list("pods")).toMatchObject({ refused: 401, verb: "list", resource: "pods" });
    expect(await runs()).toHaveLength(2);
  });

  test("asks at a terminal only where there is one", async () => {
    await plugin({ token: "t" });
    await expect((await open({ interactiveMode: "Always" })).list("pods")).rejects.toMatchObject({
      message: expect.stringMatching(
        /"\.\/plugin", which logs in to the cluster, needs a terminal, and there is none$/,
      ),
    });
    expect(await runs()).toEqual([]);
    const stdin = { isTTY: true };
    for (const interactiveMode of ["Always", "IfAvailable", "Never"])
      await (await open({ interactiveMode }, {}, { stdin })).list("pods");
    expect((await runs()).map(({ info }) => info)).toMatchObject(
      [true, true, false].map((interactive) => ({ spec: { interactive } })),
    );
  });
});

describe("a plugin that gives nothing of use", () => {
  const failing = async (exec: object = {}) =>
    (await open(exec)).list("pods").then(
      () => new Error("none"),
      (error) => error,
    );

  test("because it is not there, comes with the words of its kubeconfig on how to get it", async () => {
    expect(await failing({ command: "no-such-plugin", installHint: "Get it:\n\n  curl x\u001b[31m" })).toMatchObject({
      message: expect.stringMatching(
        /kubeconfig:1:\d+: "no-such-plugin", which logs in to the cluster, is not installed$/,
      ),
      hint: "Get it: curl x\\u{1b}[31m",
    });
    expect(await failing({ command: "./nowhere" })).toMatchObject({
      hint: 'Install "./nowhere", or correct the kubeconfig.',
    });
  });

  test.each<[string, object | string, number, string]>([
    ["fails", "hunter2", 3, "failed (exit status 3)"],
    ["prints no JSON", "hunter2", 0, "did not print an ExecCredential"],
    ["prints nothing", "", 0, "did not print an ExecCredential"],
    [
      "speaks of another version",
      `{"apiVersion":"v1","kind":"ExecCredential","status":{"token":"hunter2"}}`,
      0,
      "did not print",
    ],
    ["gives no credential", {}, 0, "returned neither a token nor a certificate with its key"],
    [
      "gives half of a pair",
      { clientKeyData: "hunter2" },
      0,
      "returned neither a token nor a certificate with its key",
    ],
    [
      "gives no PEM",
      { clientKeyData: "hunter2", clientCertificateData: "x" },
      0,
      "returned a certificate and a key that cannot",
    ],
    ["gives an odd token", { token: "hunter2\n" }, 0, "returned a token with invalid characters"],
    [
      "gives an odd time",
      { token: "hunter2", expirationTimestamp: "soon" },
      0,
      "returned an expirationTimestamp that is not a time",
    ],
    ["prints too much", "x".repeat(2 ** 20 + 1), 0, "printed more than 1 MiB"],
  ])("because it %s", async (_, status, code, message) => {
    await plugin(status, code);
    const error = await failing();
    expect(error.message).toContain(`"./plugin", which logs in to the cluster, ${message}`);
    expect(`${error.message}${error.hint}${JSON.stringify(error.diagnostic)}`).not.toContain("hunter2");
    expect(cluster.asked).toEqual([]);
    expect(await runs()).toHaveLength(1);
  });
});
