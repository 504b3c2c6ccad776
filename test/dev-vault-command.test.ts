import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { phalanxHere, phalanxProcess } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { type Server, startServer } from "./support/server.js";

const directory = await mkdtemp(join(tmpdir(), "phalanx-dev-vault-"));
afterAll(() => rm(directory, { recursive: true }));

const start = (...args: string[]): Promise<Server> => startServer(["dev-vault", "--listen", "127.0.0.1:0", ...args]);

test("phalanx dev-vault says what it is, keeps its state in a private file, and stops when told to", async () => {
  const file = join(directory, "vault.json");
  const first = await start("--data", file);
  expect(first.said).toContain("NOT for production");
  await openKv(first.url, first.token, "secret/phalanx/x").put("app", { key: "kept" });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await first.stop()).toBe(0);

  const second = await start("--data", file, "--token", "given");
  expect(second.token).toBe("given");
  expect(await openKv(second.url, "given", "secret/phalanx/x").get("app")).toEqual({ key: "kept" });

  const taken = await phalanxProcess(["dev-vault", "--listen", second.url.slice("http://".length)]);
  expect(taken).toMatchObject({ exit: 2, stdout: "" });
  expect(taken.stderr).toMatch(/choose another port[^]*Error: Cannot listen on 127.0.0.1:\d+ \(EADDRINUSE\)\n$/);
  expect(await second.stop()).toBe(0);
});

test("phalanx dev-vault refuses a data file that another one uses, and takes over from one that was killed", async () => {
  const file = join(directory, "shared.json");
  const first = await start("--data", file);
  expect(await phalanxProcess(["dev-vault", "--listen", "0", "--data", file])).toEqual({
    exit: 2,
    stdout: "",
    stderr: `Hint: Stop that one, or give another file with --data.\nError: The dev-vault data file ${file} is in use by another server, process ${first.child.pid} (says ${file}.lock)\n`,
  });
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const second = await start("--data", file);
  expect(await second.stop()).toBe(0);
});

test("phalanx dev-vault listens beyond this machine only for those who know what it is", async () => {
  const elsewhere = ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "vault.example.org:0", "127.1:0"];
  for (const listen of elsewhere) {
    expect(await phalanxProcess(["dev-vault", "--listen", listen])).toEqual({
      exit: 2,
      stdout: "",
      stderr:
        "Hint: It is no Vault: it encrypts nothing and its root token is printed. For a network where that does not matter, add --i-know-this-is-not-vault.\n" +
        `Error: --listen ${listen}: this server only listens on this machine (127.0.0.1, ::1, localhost)\n`,
    });
  }
  // Another way to write the address of this machine, so that the test opens nothing to a network.
  const known = await start("--listen", "127.1:0", "--i-know-this-is-not-vault");
  expect(known.url).toMatch(/^http:\/\/127\.1:\d+$/);
  expect(await known.stop()).toBe(0);
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
    stderr: "Hint: Leave it out for a random one.\nError: --token is empty or holds characters that no token has\n",
  });
});

test("phalanx dev-vault looks for its data file where it is run, and names it as it was given", async () => {
  await writeFile(join(directory, "relative.json"), "{}");
  const { stderr } = await phalanxHere(["dev-vault", "--listen", "0", "--data", "relative.json"], { cwd: directory });
  expect(stderr).toContain("Error: The dev-vault data file relative.json is broken:");
});

test("phalanx dev-vault does not quote a broken data file", async () => {
  const file = join(directory, "broken.json");
  await writeFile(file, "hunter2");
  expect(await phalanxProcess(["dev-vault", "--listen", "0", "--data", file])).toEqual({
    exit: 2,
    stdout: "",
    stderr: `Hint: Check --data.\nError: The dev-vault data file ${file} is broken: it is no JSON\n`,
  });
});
