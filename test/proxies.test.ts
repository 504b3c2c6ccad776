import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect as connectTo } from "node:net";
import { createServer as createRelay, type Server, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DevConnect, startDevConnect } from "./support/dev-connect/index.js";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { phalanx, phalanxProcess, ROOT, startPhalanx } from "./support/cli.js";
import { startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { type Manner, startTunnelProxy, type TunnelProxy, type TunnelProxyOptions } from "./support/tunnel-proxy.js";

const TLS = `${ROOT}test/fixtures/tls`;
const CA = `${TLS}/example-cert.pem`;
const read = (name: string): Promise<string> => readFile(`${TLS}/${name}.pem`, "utf8");
const GENERATED = "k: {description: x, generate: {type: password}}\n";
const STATIC = "s: {description: x}\n";

let example: { readonly key: string; readonly cert: string };
let own: { readonly key: string; readonly cert: string };
let vault: DevVault;
let plain: DevVault;
let connect: DevConnect;
let tree: TestTree;
let routes: Record<string, number>;
let proxy: TunnelProxy;
const opened: TunnelProxy[] = [];

const portOf = (url: string): number => Number(new URL(url).port);

beforeAll(async () => {
  example = { key: await read("example-key"), cert: await read("example-cert") };
  own = { key: await read("key"), cert: await read("cert") };
  vault = await startDevVault({ tls: example });
  plain = await startDevVault();
  const items = [{ title: "items", fields: [{ label: "s", value: "from 1Password" }] }];
  connect = await startDevConnect({ token: "a-connect-token", vaults: [{ title: "Secrets", items }] });
  routes = {
    "vault.example.org:443": portOf(vault.url),
    "other.example.org:8200": portOf(vault.url),
    "10.1.2.3:443": portOf(vault.url),
    "vault.example.org:80": portOf(plain.url),
    "connect.example.org:80": portOf(connect.url),
  };
  const applications = { app: { secrets: GENERATED } };
  tree = await makeTree({
    ...environmentFiles("https://vault.example.org", applications),
    "environments/values-other.yaml": environment("https://other.example.org:8200"),
    "environments/values-written.yaml": environment("https://vault.example.org").replace("/app", "/written"),
    "environments/values-plain.yaml": environment("http://vault.example.org"),
    "environments/values-items.yaml": `${environment("http://vault.example.org", "items")}onepassword: {connectUrl: "http://connect.example.org", vaultTitle: Secrets}\n`,
    "environments/values-forged.yaml": `${environment("https://vault.example.org", "items")}onepassword: {connectUrl: "https://connect.example.org", vaultTitle: Secrets}\n`,
    "applications/items/Chart.yaml": "apiVersion: v2\nname: items\nversion: 1.0.0\n",
    "applications/items/secrets.yaml": STATIC,
  });
});
afterAll(() => Promise.all([vault.close(), plain.close(), connect.close(), tree.remove()]));
beforeEach(async () => {
  proxy = await start({});
});
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

function environment(url: string, application = "app"): string {
  return `vaultUrl: ${url}\nvaultPathPrefix: secret/phalanx/${application}\napplications: {${application}: true}\n`;
}

/** A server behind TLS that has none itself. */
function createTlsRelay(tls: { readonly key: string; readonly cert: string }, port: number): Server {
  return createRelay(tls, (client) => {
    const server = connectTo(port, "127.0.0.1");
    client.pipe(server).pipe(client);
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
  }).on("tlsClientError", () => {});
}

async function start(options: Omit<TunnelProxyOptions, "routes">): Promise<TunnelProxy> {
  const started = await startTunnelProxy({ routes, ...options });
  opened.push(started);
  return started;
}

const envOf = (more: Readonly<Record<string, string>> = {}, through = `http://${proxy.address}`) => ({
  VAULT_TOKEN: vault.rootToken,
  VAULT_CACERT: CA,
  HTTPS_PROXY: through,
  HOME: tree.root,
  ...more,
});

const run = (command: string, more: Readonly<Record<string, string>> = {}, through?: string) =>
  phalanx(command.split(" "), { cwd: tree.root, env: envOf(more, through) });

const MISSING = { exit: 1, stdout: "Missing secrets:\n• app k\n", stderr: "" };
/** The whole of stderr of a run that a proxy has kept from its server. */
const said = (message: string, hint: string): string => `Error: The proxy ${message}\nHint: ${hint}\n`;
const WITHOUT = "or add vault.example.org to NO_PROXY to reach it directly.";

/** What a server would answer, all at once: a list of applications, a secret, a 404 of an empty mount. */
const forged = (status: number, body: unknown): string => {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status} OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
};
const EMPTY = forged(404, { errors: [] });

describe("a tunnel", () => {
  test("leads to the server that the certificate is of, and is kept for all requests", async () => {
    expect(await run("secrets audit test")).toMatchObject(MISSING);
    expect(proxy.heard).toEqual(["CONNECT vault.example.org:443 HTTP/1.1\r\nHost: vault.example.org:443\r\n\r\n"]);
    const synced = await run("secrets sync written --require-tls");
    expect(synced).toMatchObject({ exit: 0, stdout: "Created Vault secret for app\n" });
    expect(await run("secrets audit written")).toEqual({ exit: 0, stdout: "", stderr: "" });
  });

  test("is asked for with the user and password of the proxy's URL, which appear nowhere", async () => {
    const asked = await start({ credentials: "us er:p@ss/ü" });
    const url = `http://us%20er:p%40ss%2F%C3%BC@${asked.address}`;
    expect(await run("secrets audit test --verbose", {}, url)).toMatchObject({
      exit: 1,
      stderr: expect.not.stringMatching(/p@ss|p%40ss|us er|us%20er|Basic/),
    });
    const wrong = await run("secrets audit test --verbose", {}, `http://us%20er:wr%6fng-one@${asked.address}`);
    expect(wrong.stderr).toContain(
      said(
        `${asked.address} does not accept the user and password (status 407)`,
        "Correct the user and password in HTTPS_PROXY; special characters have to be percent-encoded.",
      ),
    );
    expect(wrong.stderr).toMatch(/^Vault: GET \S+ PROXY_407 \d+ ms$/m);
    expect(wrong.stderr).not.toMatch(/wrong-one|wr%6fng|us er|us%20er|Basic/);
    expect(await run("secrets audit test", {}, `http://${asked.address}`)).toEqual({
      exit: 2,
      stdout: "",
      stderr: said(
        `${asked.address} requires a user name and password (status 407)`,
        `Give them in HTTPS_PROXY, as USER:PASSWORD@${asked.address}.`,
      ),
    });
  });

  test("carries servers without TLS, too, so that no page of a proxy's own is an answer of theirs", async () => {
    const env = { HTTP_PROXY: `http://${proxy.address}`, OP_CONNECT_TOKEN: "a-connect-token" };
    const login = { ...env, VAULT_TOKEN: plain.rootToken };
    expect(await run("secrets audit plain", login)).toMatchObject({ exit: 1, stdout: MISSING.stdout });
    expect(await run("secrets audit items", login)).toMatchObject({ exit: 1, stdout: "Missing secrets:\n• items s\n" });
    expect(proxy.heard.every((head) => /^CONNECT (vault|connect)\.example\.org:80 /.test(head))).toBe(true);
    proxy.behave({ say: EMPTY });
    for (const [command, host] of [
      ["secrets audit plain", "vault.example.org"],
      ["secrets sync items", "connect.example.org"],
    ] as const) {
      const { exit, stderr } = await run(command, login);
      expect([exit, stderr]).toEqual([
        2,
        expect.stringContaining(`Error: The proxy ${proxy.address} refuses a connection to ${host}:80 (status 404)\n`),
      ]);
    }
  });

  test("leads to GitHub, too, where a job's token comes from", async () => {
    const { exit, stderr } = await run("secrets audit test --auth jwt --role r", {
      VAULT_TOKEN: "",
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://github.example.org/?x=y",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
    });
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining(`The proxy ${proxy.address} refuses a connection to github.example.org:443 (status 502)`),
    ]);
  });

  test("is not asked for where NO_PROXY names the server", async () => {
    const { exit, stderr } = await run("secrets audit test", { NO_PROXY: "vault.example.org:443" });
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining("Error: Cannot reach Vault at https://vault.example.org ("),
    ]);
    expect(proxy.heard).toEqual([]);
  });

  test.each(["socks5://hunter2:hunter2@p", "u:hunter2", "http://u:1/hunter2@p"])(
    "is refused through %s",
    async (text) => {
      for (const command of ["secrets audit test", "secrets sync test", "vault preflight test"]) {
        const { exit, stderr } = await run(command, {}, text);
        expect([exit, stderr]).toEqual([2, expect.stringMatching(/^Error: HTTPS_PROXY (?!.*hunter2).*\nHint: .*\n$/)]);
      }
    },
  );
});

describe("TLS through a proxy", () => {
  const through = () => `https://vault.example.org through the proxy ${proxy.address}`;
  const untrusted = (authority: string, code = "DEPTH_ZERO_SELF_SIGNED_CERT") =>
    `Error: Cannot reach Vault at ${through()} (${code})\nHint: The server's certificate is not trusted. Give its CA certificate with ${authority}, or check vaultUrl.\n`;

  test("trusts what Vault's variables name, and nobody else", async () => {
    const none = { VAULT_CACERT: "" };
    expect(await run("secrets audit test", none)).toMatchObject({ exit: 2, stderr: untrusted("VAULT_CACERT") });
    expect(await run("secrets audit test", { ...none, REQUESTS_CA_BUNDLE: CA })).toMatchObject({
      exit: 2,
      stderr: untrusted('VAULT_CACERT="$REQUESTS_CA_BUNDLE" (REQUESTS_CA_BUNDLE itself is not read)'),
    });
    expect(await run("secrets audit test", { ...none, VAULT_CAPATH: TLS })).toMatchObject(MISSING);
    expect(await run("secrets audit test", { ...none, VAULT_SKIP_VERIFY: "true" })).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^Warning: VAULT_SKIP_VERIFY is set/),
    });
  });

  test("wants the name of the server, or the one in VAULT_TLS_SERVER_NAME", async () => {
    const { exit, stderr } = await run("secrets audit other");
    expect([exit, stderr]).toEqual([2, expect.stringContaining("(ERR_TLS_CERT_ALTNAME_INVALID)")]);
    expect(await run("secrets audit other", { VAULT_TLS_SERVER_NAME: "vault.example.org" })).toMatchObject(MISSING);
    const numbered = await run("secrets audit test --vault-address https://10.1.2.3");
    expect([numbered.exit, numbered.stderr]).toEqual([2, expect.stringContaining("(ERR_TLS_CERT_ALTNAME_INVALID)")]);
    expect(proxy.heard.at(-1)).toContain("CONNECT 10.1.2.3:443 ");
    const wrong = await run("secrets audit test", { VAULT_TLS_SERVER_NAME: "elsewhere.example.org" });
    expect([wrong.exit, wrong.stderr]).toEqual([2, expect.stringContaining("(ERR_TLS_CERT_ALTNAME_INVALID)")]);
  });

  test("shows the client's certificate to the server, and to no proxy", async () => {
    const seen: string[] = [];
    const server = createTlsServer(
      { ...example, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        seen.push((request.socket as TLSSocket).getPeerCertificate().subject.CN as string);
        response.end("{}");
      },
    );
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    const secure = await startTunnelProxy({
      routes: { "vault.example.org:443": (server.address() as AddressInfo).port },
      tls: own,
    });
    opened.push(secure);
    const client = { VAULT_CLIENT_CERT: `${TLS}/cert.pem`, VAULT_CLIENT_KEY: `${TLS}/key.pem` };
    await phalanxProcess(["secrets", "audit", "test"], {
      cwd: tree.root,
      env: envOf({ ...client, NODE_EXTRA_CA_CERTS: `${TLS}/cert.pem` }, `https://${secure.address}`),
    });
    server.close();
    expect(seen[0]).toBe("127.0.0.1");
    expect(secure.heard.length).toBeGreaterThan(0);
    expect(secure.certificates()).toBe(0);
  });

  test("to an https:// proxy is verified by its own name and Node's authorities, whatever Vault's variables say", async () => {
    const secure = await start({ tls: own, credentials: "u:hunter2" });
    const url = `https://u:hunter2@${secure.address}`;
    const hint = "Give its CA certificate with NODE_EXTRA_CA_CERTS, or check HTTPS_PROXY.";
    for (const env of [{}, { VAULT_CACERT: `${TLS}/cert.pem` }, { VAULT_CAPATH: TLS }, { VAULT_SKIP_VERIFY: "1" }]) {
      const { exit, stderr } = await run("secrets audit test", env, url);
      const message = `${secure.address} has a certificate that is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)`;
      expect([exit, stderr]).toEqual([2, expect.stringContaining(said(message, hint))]);
    }
    const process = (more: Record<string, string>, through: string) =>
      phalanxProcess(["secrets", "audit", "test"], {
        cwd: tree.root,
        env: envOf({ NODE_EXTRA_CA_CERTS: `${TLS}/cert.pem`, ...more }, through),
      });
    const port = secure.address.split(":")[1] ?? "";
    expect(await process({ VAULT_TLS_SERVER_NAME: "127.0.0.1" }, `https://u:hunter2@localhost:${port}`)).toMatchObject({
      exit: 2,
      stderr: said(`localhost:${port} has a certificate that is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)`, hint),
    });
    expect(secure.heard).toEqual([]);
    expect(await process({}, url)).toMatchObject(MISSING);
    expect(await process({ NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_EXTRA_CA_CERTS: "" }, url)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT"),
    });
    secure.behave({ say: `HTTP/1.1 100 Continue\r\n\r\n${EMPTY}` });
    expect(await process({}, url)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(
        `Error: The proxy ${secure.address} refuses a connection to vault.example.org:443 (status 100)\n`,
      ),
    });
  });

  test("is 1Password's, too", async () => {
    const relay = createTlsRelay(example, portOf(connect.url));
    await new Promise<void>((done) => void relay.listen(0, "127.0.0.1", done));
    routes["connect.example.org:443"] = (relay.address() as AddressInfo).port;
    const sync = (authorities: string) =>
      phalanxProcess(["secrets", "sync", "forged", "--require-tls"], {
        cwd: tree.root,
        env: envOf({ OP_CONNECT_TOKEN: "a-connect-token", NODE_EXTRA_CA_CERTS: authorities }),
      });
    expect(await sync(CA)).toMatchObject({ exit: 0, stdout: "Created Vault secret for items\n" });
    expect(await sync(`${TLS}/cert.pem`)).toMatchObject({
      exit: 2,
      stderr: `Error: Cannot reach 1Password Connect at https://connect.example.org through the proxy ${proxy.address} (DEPTH_ZERO_SELF_SIGNED_CERT)\nHint: The server's certificate is not trusted. Give its CA certificate with NODE_EXTRA_CA_CERTS, or check onepassword.connectUrl.\n`,
    });
    relay.close();
  });
});

describe("a proxy that is not there", () => {
  test.each([
    ["http://127.0.0.1:1", "127.0.0.1:1", "ECONNREFUSED"],
    ["proxy.invalid:3128", "proxy.invalid:3128", "ENOTFOUND"],
    ["http://u:hunter2@proxy.invalid", "proxy.invalid:80", "ENOTFOUND"],
  ])("as %s is named, and nobody else", async (url, name, code) => {
    for (const command of ["secrets audit test", "secrets sync test"]) {
      const { exit, stdout, stderr } = await run(command, {}, url);
      // Without a network, nobody can say that the name does not exist.
      expect([exit, stdout, stderr.replace("EAI_AGAIN", "ENOTFOUND")]).toEqual([
        2,
        "",
        said(`${name} cannot be reached (${code})`, `Check HTTPS_PROXY, ${WITHOUT}`),
      ]);
    }
  });

  test("under https:// says so", async () => {
    const { exit, stderr } = await run("secrets audit test", {}, `https://${proxy.address}`);
    expect([exit, stderr.replace(/EPROTO|ERR_SSL_\w+/, "CODE")]).toEqual([
      2,
      `Error: The TLS handshake with the proxy ${proxy.address} failed (CODE)\nHint: Check whether HTTPS_PROXY should be http://.\n`,
    ]);
  });
});

describe("what a proxy says is never an answer:", () => {
  const target = "vault.example.org:443";
  const tunnels = `Check that HTTPS_PROXY is an HTTP proxy that supports CONNECT, ${WITHOUT}`;
  const lies: readonly [string, string, string, string][] = [
    [
      "100 and a forged 404",
      `HTTP/1.1 100 Continue\r\n\r\n${EMPTY}`,
      `refuses a connection to ${target} (status 100)`,
      tunnels,
    ],
    ["101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", `refuses a connection to ${target} (status 101)`, tunnels],
    [
      "a forged 404",
      EMPTY,
      `refuses a connection to ${target} (status 404)`,
      `Check that the proxy may connect to ${target}, ${WITHOUT}`,
    ],
    [
      "a forged 200 of its own",
      forged(200, { data: { keys: [] } }),
      `answered instead of ${target}, which had not been contacted yet`,
      `Check who runs it, and HTTPS_PROXY, ${WITHOUT}`,
    ],
    [
      "200 and a forged 404",
      `HTTP/1.1 200 OK\r\n\r\n${EMPTY}`,
      `answered instead of ${target}, which had not been contacted yet`,
      `Check who runs it, and HTTPS_PROXY, ${WITHOUT}`,
    ],
    ["201", "HTTP/1.1 201 Created\r\n\r\n", `refuses a connection to ${target} (status 201)`, tunnels],
    ["204", "HTTP/1.1 204 No Content\r\n\r\n", `refuses a connection to ${target} (status 204)`, tunnels],
    [
      "a redirect",
      "HTTP/1.1 302 Found\r\nlocation: https://elsewhere.example.org/\r\n\r\n",
      `refuses a connection to ${target} (status 302)`,
      tunnels,
    ],
    [
      "403",
      "HTTP/1.1 403 Forbidden\r\n\r\n<html>",
      `refuses a connection to ${target} (status 403)`,
      `Check that the proxy may connect to ${target}, ${WITHOUT}`,
    ],
    [
      "503",
      "HTTP/1.1 503 Unavailable\r\n\r\n",
      `refuses a connection to ${target} (status 503)`,
      `Check that the proxy may connect to ${target}, ${WITHOUT}`,
    ],
    ["HTTP/2", "HTTP/2 200\r\n\r\n", "answers with something other than HTTP", tunnels],
    ["a status of four digits", "HTTP/1.1 2000\r\n\r\n", "answers with something other than HTTP", tunnels],
    ["no HTTP", "SSH-2.0-OpenSSH_9.9\r\n\r\n", "answers with something other than HTTP", tunnels],
    [
      "an endless header",
      `HTTP/1.1 200 OK\r\nx: ${"y".repeat(17_000)}`,
      "answers with a header of more than 16 KiB",
      tunnels,
    ],
  ];
  test.each(lies)("%s", async (_, say, message, hint) => {
    proxy.behave({ say });
    const stderr = said(`${proxy.address} ${message}`, hint);
    expect(await run("secrets audit test")).toEqual({ exit: 2, stdout: "", stderr });
    expect(await run("secrets sync test --require-tls")).toEqual({ exit: 2, stdout: "", stderr });
  });

  test("a value that it gives in 1Password's place is not written", async () => {
    const env = { OP_CONNECT_TOKEN: "a-connect-token", HTTP_PROXY: `http://${proxy.address}` };
    for (const before of ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", ""]) {
      proxy.behave({ say: before + forged(200, [{ id: "a", name: "Secrets" }]) });
      const { exit, stderr } = await run("secrets sync forged --require-tls", env);
      expect([exit, stderr]).toEqual([
        2,
        expect.stringMatching(/^Error: The proxy \S+ .*connect\.example\.org:443.*\nHint: /m),
      ]);
    }
    expect(proxy.heard.some((head) => head.includes("a-connect-token"))).toBe(false);
  });

  test("what it says a moment after it has opened the tunnel breaks TLS", async () => {
    proxy.behave({ say: "HTTP/1.1 200 OK\r\n\r\n", more: EMPTY });
    expect(await run("secrets audit test")).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringContaining(
        `Error: Cannot reach Vault at https://vault.example.org through the proxy ${proxy.address} (`,
      ),
    });
  });
});

describe("a wait for a proxy ends", () => {
  const patience = { VAULT_CLIENT_TIMEOUT: "300ms" };
  const silence = () => said(`${proxy.address} does not answer (ETIMEDOUT)`, `Check HTTPS_PROXY, ${WITHOUT}`);

  test.each<[string, Manner]>([
    ["that never answers", "silent"],
    ["whose answer drips", "drip"],
  ])("%s", async (_, manner) => {
    proxy.behave(manner);
    expect(await run("secrets sync test", patience)).toEqual({ exit: 2, stdout: "", stderr: silence() });
  });

  test.each<[string, Manner]>([
    ["that is silent once it has opened the tunnel", "silent-afterwards"],
    ["that lets bytes through one by one", "drip-afterwards"],
  ])("%s", async (_, manner) => {
    proxy.behave(manner);
    expect(await run("secrets audit test", patience)).toEqual({
      exit: 2,
      stdout: "",
      stderr: `Error: Cannot reach Vault at https://vault.example.org through the proxy ${proxy.address} (ETIMEDOUT)\nHint: Check vaultUrl, the network, and that the server is running. VAULT_CLIENT_TIMEOUT sets how long a response can take.\n`,
    });
  });

  test("that hangs up", async () => {
    proxy.behave("hang-up");
    expect(await run("secrets audit test")).toEqual({
      exit: 2,
      stdout: "",
      stderr: said(
        `${proxy.address} closed the connection without answering (ECONNRESET)`,
        `Check HTTPS_PROXY, ${WITHOUT}`,
      ),
    });
  });

  const interrupt = async (command: string, signal: NodeJS.Signals, env: Record<string, string>) => {
    const before = proxy.heard.length;
    const child = startPhalanx(command.split(" "), { cwd: tree.root, env });
    const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    await proxy.hears(before + 1);
    child.kill(signal);
    return [command, ...(await ended), stderr];
  };

  test.each(["SIGINT", "SIGTERM"] as const)("with the first %s, where nothing was written", async (signal) => {
    proxy.behave("silent");
    const stopped = "Error: Interrupted: nothing was written\nHint: Run it again when you are ready.\n";
    for (const command of [
      "secrets sync test --auth approle",
      "secrets restore test --kv-version 1 app",
      "vault create-write-token test",
      "vault create-read-approle test",
      "vault copy-secrets test secret/old",
    ]) {
      const login = { VAULT_ROLE_ID: "r", VAULT_SECRET_ID: "s" };
      expect(await interrupt(command, signal, envOf(login))).toEqual([command, 2, null, stopped]);
    }
    // With a token at hand, Vault is asked before a plan is begun; until then, a signal ends the process itself.
    for (const command of ["secrets sync test", "secrets rotate test app/k"])
      expect([
        [command, 2, null, stopped],
        [command, null, signal, ""],
      ]).toContainEqual(await interrupt(command, signal, envOf()));
    // Where no signal is deferred, that is so to the end.
    const env = { HTTP_PROXY: `http://${proxy.address}`, OP_CONNECT_TOKEN: "a-connect-token" };
    for (const command of ["secrets audit test", "secrets audit items", "secrets sync items"])
      expect(await interrupt(command, signal, envOf(env))).toEqual([command, null, signal, expect.any(String)]);
  });
});

describe("a login's token", () => {
  test("is revoked after a signal, and waited for no longer than a moment", async () => {
    let revocations = 0;
    let heard = (): void => {};
    const server = await startProxy(plain.url, ({ path }) => {
      if (path === "auth/approle/login") return { status: 200, body: '{"auth":{"client_token":"a-login-token"}}' };
      if (path === "auth/token/revoke-self") revocations += 1;
      else heard();
      return "stall";
    });
    const asked = new Promise<void>((done) => (heard = done));
    const child = startPhalanx(["secrets", "sync", "test", "--auth", "approle", "--vault-address", server.url], {
      cwd: tree.root,
      env: { VAULT_ROLE_ID: "r", VAULT_SECRET_ID: "s", HOME: tree.root },
    });
    const ended = once(child, "close") as Promise<[number | null]>;
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    await asked;
    child.kill("SIGTERM");
    expect(await ended).toEqual([2, null]);
    expect(revocations).toBe(1);
    expect(stderr).toBe(
      "Warning: the token of this login could not be revoked: the server did not answer in time\nError: Interrupted: nothing was written\nHint: Run it again when you are ready.\n",
    );
    await server.close();
  });
});
