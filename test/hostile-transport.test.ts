import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createSilentServer } from "node:net";
import type { Writable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { openTransport } from "../src/http/transport.js";
import { phalanx, phalanxHere, ROOT } from "./support/cli.js";
import { environmentFiles, makeTree } from "./support/tree.js";

const closing: (() => void)[] = [];
afterAll(() => closing.forEach((close) => close()));

async function listen(answer: RequestListener, tls?: { readonly key: string; readonly cert: string }): Promise<string> {
  const server = tls ? createTlsServer(tls, answer) : createServer(answer);
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http${tls ? "s" : ""}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Writes something, and then something more every few milliseconds, for as long as anybody listens. */
function drip(to: Writable | null, begin: string, more: string): void {
  to?.write(begin);
  const timer = setInterval(() => (to?.destroyed === false ? to.write(more) : clearInterval(timer)), 5);
}

const SECRETS = { app: { secrets: "s: {description: x}\n" } };

const COMMANDS = [
  "secrets audit test",
  "secrets sync test",
  "secrets set test app/s --anyway",
  "secrets history test",
  "vault create-write-token test",
  "vault create-read-approle test",
  "vault preflight test",
  "secrets onepassword-secrets test",
];

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])("with status %i takes no request and no token elsewhere", async (status) => {
    const elsewhere: string[] = [];
    const other = await listen((request, response) => {
      elsewhere.push(`${request.method} ${request.url}`);
      response.end("{}");
    });
    const url = await listen((request, response) => {
      response.writeHead(status, { location: `${other}${request.url}` }).end();
    });
    const tree = await makeTree(
      environmentFiles(url, SECRETS, {
        "environments/values.yaml": `applications: {}\nonepassword: {connectUrl: "${url}", vaultTitle: x}\n`,
        "static.yaml": "applications: {app: {s: {value: v}}}\n",
      }),
    );
    closing.push(() => void tree.remove());
    for (const command of COMMANDS) {
      const more = /audit|sync/.test(command) ? ["--secrets", "static.yaml"] : [];
      const env = { VAULT_TOKEN: "a-token", OP_CONNECT_TOKEN: "another", HOME: tree.root };
      // A standby that has no leader redirects, too, and is waited for.
      const sleep = () => Promise.resolve();
      const done = await phalanxHere([...command.split(" "), ...more], { cwd: tree.root, env, input: "v", sleep });
      expect({ command, ...done }).toMatchObject({ exit: 2, stderr: expect.stringContaining("which is not followed") });
    }
    expect(elsewhere).toEqual([]);
  });

  test.each([
    [307, true],
    [308, false],
  ])("with status %i may come of a standby without a leader: %s", async (status, standby) => {
    const url = await listen((_, response) => {
      response.writeHead(status, { location: "http://127.0.0.1:1/" }).end();
    });
    const tree = await makeTree(environmentFiles(url, SECRETS, {}));
    closing.push(() => void tree.remove());
    const { stderr } = await phalanx(["vault", "preflight", "test"], {
      cwd: tree.root,
      env: { VAULT_TOKEN: "a-token", HOME: tree.root },
    });
    expect(stderr).toMatch(/^Hint: Set vaultUrl \(or --vault-address\) to the address that it redirects to\./m);
    expect(stderr.includes("A standby of Vault also redirects")).toBe(standby);
  });
});

test("1Password is not spoken to if nobody vouches for its certificate", async () => {
  const [key, cert] = await Promise.all(
    ["key", "cert"].map((name) => readFile(`${ROOT}test/fixtures/tls/${name}.pem`, "utf8")),
  );
  const heard: unknown[] = [];
  const url = await listen((request, response) => void (heard.push(request.url), response.end("[]")), {
    key: key ?? "",
    cert: cert ?? "",
  });
  const tree = await makeTree(
    environmentFiles("http://127.0.0.1:1", SECRETS, {
      "environments/values.yaml": `applications: {}\nonepassword: {connectUrl: "${url}", vaultTitle: x}\n`,
    }),
  );
  closing.push(() => void tree.remove());
  const env = { OP_CONNECT_TOKEN: "a-token", VAULT_TOKEN: "x" };
  expect(await phalanx(["secrets", "audit", "test"], { cwd: tree.root, env })).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining(`Cannot reach 1Password Connect at ${url} (DEPTH_ZERO_SELF_SIGNED_CERT)`),
  });
  expect(heard).toEqual([]);
});

describe("one request", () => {
  const open = async (url: string, timeout: number, maxConnections = 1) => {
    const server = { name: "Vault", setting: "vaultUrl", authority: "VAULT_CACERT" };
    const { request, close } = await openTransport({ server, url, maxConnections, timeout });
    closing.push(close);
    return { get: () => request({ method: "GET", path: "x", headers: {} }), close };
  };
  const get = async (url: string, timeout = 5000) => (await open(url, timeout)).get();

  test("whose answer does not end is cut off at 34 MiB", async () => {
    const piece = Buffer.alloc(2 ** 20, 32);
    const url = await listen((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    await expect(get(url)).rejects.toMatchObject({
      code: "EMSGSIZE",
      message: `The response from Vault at ${url} is larger than 34 MiB`,
      hint: expect.any(String),
    });
  });

  test("whose answer is not UTF-8 has none, and no other character stands for what nobody could read", async () => {
    const url = await listen((_, response) => void response.end(Buffer.from('{"a":"p\xe4ss"}', "latin1")));
    await expect(get(url)).rejects.toMatchObject({ message: `The response from Vault at ${url} is not UTF-8` });
    const refusing = await listen((_, response) => {
      response.statusCode = 403;
      response.end(Buffer.from("Zugriff verweigert f\xfcr Sie", "latin1"));
    });
    expect(await get(refusing)).toMatchObject({ status: 403, body: "Zugriff verweigert f\uFFFDr Sie" });
  });

  test.each([
    ["right after another one", setImmediate],
    ["a moment later", (write: () => void) => setTimeout(write, 20)],
  ])("is never answered by what came before it was sent: %s", async (_, later) => {
    let heard = 0;
    let gone = (): void => {};
    const closed = new Promise<void>((done) => (gone = done));
    const url = await listen((request, response) => {
      heard += 1;
      response.end(`{"answer":${heard}}`);
      if (heard > 1) return;
      request.socket.once("close", gone);
      const forged = '{"answer":"forged"}';
      response.once("close", () =>
        later(() => request.socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${forged.length}\r\n\r\n${forged}`)),
      );
    });
    const { get: ask } = await open(url, 5000);
    expect(await ask()).toMatchObject({ body: '{"answer":1}' });
    await closed;
    expect(await ask()).toMatchObject({ body: '{"answer":2}' });
  });

  test("keeps its connection where nothing unasked comes", async () => {
    const sockets = new Set<unknown>();
    const url = await listen((request, response) => {
      sockets.add(request.socket);
      response.end("{}");
    });
    const { get: ask } = await open(url, 5000);
    for (let i = 0; i < 5; i++) {
      await ask();
      await new Promise((done) => setImmediate(done));
    }
    expect(sockets.size).toBe(1);
  });

  test("of which not all is sent is not answered yet", async () => {
    const server = createSilentServer((socket) => {
      socket
        .on("error", () => {})
        .once("data", () => {
          socket.pause();
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        });
    });
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    closing.push(() => server.close());
    const { request, close } = await openTransport({
      server: { name: "Vault", setting: "vaultUrl", authority: "VAULT_CACERT" },
      url,
      maxConnections: 1,
      timeout: 5000,
    });
    closing.push(close);
    const body = "x".repeat(30 * 2 ** 20);
    await expect(request({ method: "POST", path: "x", headers: {}, body })).rejects.toMatchObject({
      message: `The response from Vault at ${url} came before the request was sent`,
      unconnected: false,
    });
  });

  test("whose error does not end is kept up to a megabyte", async () => {
    const piece = "x".repeat(2 ** 16);
    const errors = await listen((_, response) => {
      response.statusCode = 400;
      for (let i = 0; i < 320; i++) response.write(piece);
      response.end();
    });
    const { status, body } = await get(errors, 10_000);
    expect(status).toBe(400);
    expect(body.length).toBeLessThanOrEqual(2 ** 20);
  });

  test("whose answer never begins ends with the time-out", async () => {
    await expect(get(await listen(() => {}), 50)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ["whose answer comes a byte at a time", (response) => drip(response, "[", " ")],
    ["whose header comes a byte at a time", ({ socket }) => drip(socket, "HTTP/1.1 200 OK\r\nx: ", "y")],
    ["that is told to wait for ever", ({ socket }) => drip(socket, "", "HTTP/1.1 102 Processing\r\n\r\n")],
  ])("%s ends with the time-out", async (_, answer) => {
    const url = await listen((__, response) => answer(response));
    await expect(get(url, 200)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  });

  test("of a server that takes connections and never speaks TLS ends with the time-out", async () => {
    const server = createSilentServer(() => {});
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    closing.push(() => server.close());
    const { get, close } = await open(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, 100);
    await expect(get()).rejects.toMatchObject({ code: "ETIMEDOUT" });
    close();
  });

  test("has its time from when it may use a connection, however long it waits for one", async () => {
    const url = await listen((_, response) => void setTimeout(() => response.end("{}"), 60));
    const { get } = await open(url, 300);
    const answers = await Promise.all(Array.from({ length: 8 }, get));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  });

  test("that waits for a connection is given up when the transport is closed, and never sent", async () => {
    let heard = 0;
    let seen = (): void => {};
    const first = new Promise<void>((done) => (seen = done));
    const url = await listen(() => {
      heard += 1;
      seen();
    });
    const { get, close } = await open(url, 5000);
    const all = Promise.allSettled([get(), get(), get()]);
    await first;
    close();
    expect((await all).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(heard).toBe(1);
  });

  test.each([
    ["headers of a megabyte", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(2 ** 20)}\r\n\r\n`],
    ["another protocol", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"],
    ["no HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx"],
    ["a length that is too long", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\nx"],
  ])("answered with %s is a clear error", async (_, text) => {
    const url = await listen((request) => void request.socket.end(text));
    await expect(get(url)).rejects.toMatchObject({
      name: "ConnectionError",
      message: expect.stringMatching(/^Cannot reach/),
    });
  });
});
