import { type AddressInfo, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Finished, phalanxHere } from "./support/cli.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { proxyAnswers } from "./support/proxy-answers.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startTunnelProxy, type TunnelProxy } from "./support/tunnel-proxy.js";

/** Whatever stands in a variable for a proxy, and whatever a proxy says: it is named, and no password of it is. */
const inputs = counter("settings and answers of proxies");
let tree: TestTree;
let proxy: TunnelProxy;
beforeAll(async () => {
  proxy = await startTunnelProxy({ routes: {} });
  const settings = (url: string, more = ""): string =>
    `vaultUrl: ${url}\nvaultPathPrefix: secret/phalanx/test\napplications: {app: true}\n${more}`;
  tree = await makeTree(
    environmentFiles(
      "https://vault.example.org",
      { app: { secrets: "s: {description: x}\n" } },
      {
        "environments/values-plain.yaml": settings("http://vault.example.org"),
        "environments/values-items.yaml": settings(
          "https://vault.example.org",
          "onepassword: {connectUrl: https://connect.example.org, vaultTitle: Secrets}\n",
        ),
      },
    ),
  );
});
afterAll(async () => {
  inputs.report();
  await Promise.all([proxy.close(), tree.remove()]);
});

const PASSWORD = "hunter2";
const TIMEOUT = 150;

/** The commands, and how often at most each waits for an answer. */
const COMMANDS = [
  "secrets audit test",
  "secrets sync plain",
  "secrets sync items",
  "vault preflight test",
  "secrets restore test --kv-version 1 app",
];

async function run(command: string, setting: string, value: string): Promise<Finished & { readonly took: number }> {
  const began = performance.now();
  const finished = await phalanxHere(command.split(" "), {
    cwd: tree.root,
    env: {
      VAULT_TOKEN: "a-vault-token",
      OP_CONNECT_TOKEN: "a-connect-token",
      HOME: tree.root,
      VAULT_CLIENT_TIMEOUT: `${TIMEOUT}ms`,
      OP_CONNECT_TIMEOUT: `${TIMEOUT}ms`,
      HTTP_PROXY: value,
      [setting]: value,
    },
    sleep: () => Promise.resolve(),
  });
  return { ...finished, took: performance.now() - began };
}

/** What holds of every run that a proxy keeps from its server. */
function check({ exit, stdout, stderr, took }: Awaited<ReturnType<typeof run>>, about: unknown): void {
  expect({ about, exit, stdout, stderr }).toMatchObject({ exit: 2, stdout: "" });
  expect(stderr).toMatch(/^Hint: \S.*$/m);
  for (const secret of [PASSWORD, "hunter%32", Buffer.from(PASSWORD).toString("base64").slice(0, 9), "a-vault-token"])
    expect({ about, stderr }).not.toMatchObject({ stderr: expect.stringContaining(secret) });
  expect(stderr).not.toMatch(/^ {2,}at |[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/m);
  expect({ about, took: took < 20 * TIMEOUT }).toEqual({ about, took: true });
}

const answers = proxyAnswers(PASSWORD);

test("any answer to CONNECT", { timeout: patience(60_000) }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...COMMANDS), answers, fc.boolean(), async (command, say, ends) => {
      inputs.count();
      proxy.behave({ say, ends });
      const finished = await run(command, "HTTPS_PROXY", `http://u:${PASSWORD}@${proxy.address}`);
      const about = { command, say: say.toString("latin1"), ends };
      check(finished, about);
      const isShort = say.length <= 16 * 2 ** 10;
      const isTunnel =
        isShort && /^HTTP\/1\.[01] 200(?: [^\n]*)?\n(?:[^\n]+\n)*\n$/.test(about.say.replaceAll("\r\n", "\n"));
      const through = `(?:Cannot reach|The answer of) .+ at https?://\\w+\\.example\\.org through the proxy ${proxy.address}`;
      const expected = isTunnel ? through : `The proxy ${proxy.address} `;
      expect({ about, stderr: finished.stderr }).toEqual({
        about,
        stderr: expect.stringMatching(new RegExp(`^Error: ${expected}`, "m")),
      });
      if (!isTunnel) expect(finished.stderr).not.toContain("vaultUrl");
    }),
    fuzz(20),
  );
});

/** Listens where a proxy should, and says something without being asked; or nothing. */
async function startSpeaker(say: Buffer, ends: boolean): Promise<{ readonly address: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    if (ends) socket.end(say);
    else socket.write(say);
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test("anything that speaks before it is asked, or never", { timeout: patience(60_000) }, async () => {
  const scheme = fc.constantFrom("http", "https");
  const said = fc.oneof(answers, fc.constant(Buffer.alloc(0)));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...COMMANDS), scheme, said, fc.boolean(), async (command, protocol, say, ends) => {
      inputs.count();
      const speaker = await startSpeaker(say, ends);
      const finished = await run(command, "HTTPS_PROXY", `${protocol}://u:${PASSWORD}@${speaker.address}`);
      speaker.close();
      const about = { command, protocol, say: say.toString("latin1"), ends };
      check(finished, about);
      expect({ about, stderr: finished.stderr }).toEqual({
        about,
        stderr: expect.stringMatching(new RegExp(`^Error: .*[Tt]he proxy ${speaker.address}`, "m")),
      });
    }),
    fuzz(10),
  );
});

const values = fc
  .tuple(
    fc.constantFrom(
      "",
      "http://",
      "HTTP://",
      "https://",
      "http:",
      "//",
      "socks5://",
      "ftp://",
      " http://",
      "http:\\\\",
    ),
    fc.constantFrom(
      "",
      `u:${PASSWORD}@`,
      `${PASSWORD}@`,
      `:${PASSWORD}@`,
      `u:1/${PASSWORD}@`,
      `u:1#${PASSWORD}@`,
      `u:1?${PASSWORD}@`,
      `u:${PASSWORD}%@`,
      "u:hunter%32@",
      `u\\:${PASSWORD}@`,
      `u:@${PASSWORD}@`,
      `u:p:${PASSWORD}@`,
    ),
    fc.constantFrom(
      "127.0.0.1",
      "127.1",
      "[::1]",
      "",
      "a b",
      "127.0.0.1.",
      "999.1.1.1",
      "ADDRESS",
      "ADDRESS",
      "ADDRESS",
    ),
    fc.constantFrom("", "", ":1", ":0", ":99999", ":x", ":", ":1:2", ":1@"),
    fc.constantFrom("", "", "/", "/x?y", "#f", " ", "\t", "\n", ",http://other.example.org"),
  )
  .map((parts) => parts.join(""));

test("any value of HTTPS_PROXY and HTTP_PROXY", { timeout: patience(60_000) }, async () => {
  proxy.behave("tunnel");
  const settings = fc.constantFrom("HTTPS_PROXY", "https_proxy");
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...COMMANDS), settings, values, async (command, setting, text) => {
      inputs.count();
      const value = text.replace("ADDRESS", proxy.address);
      const finished = await run(command, setting, value);
      check(finished, { command, value });
      expect(finished.stderr).toMatch(/^Error: (?:HTTPS?_PROXY|https_proxy) |^Error: The proxy \S+:\d+ /m);
      expect(finished.stderr).not.toContain("vaultUrl");
    }),
    fuzz(40),
  );
});
