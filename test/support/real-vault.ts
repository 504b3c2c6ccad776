import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGuarded } from "./guarded-process.js";
import { ownHost } from "./proxy.js";
import type { TestVault, TestVaultOptions } from "./vault.js";

export interface RealVaultOptions extends Pick<TestVaultOptions, "token"> {
  /** In PEM; `clients` is the CA of required client certificates. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly clients?: string } | undefined;
}

/** An in-memory server with KV version 2 at `secret/`, run by the binary `bao` or `vault`. */
export async function startRealVault(binary: string, { token = "root", tls }: RealVaultOptions): Promise<TestVault> {
  const directory = await mkdtemp(join(tmpdir(), "phalanx-real-vault-"));
  const host = ownHost();
  const port = host === "127.0.0.1" ? await freePort() : 8200;
  const args = ["server", "-dev", `-dev-root-token-id=${token}`, `-dev-listen-address=${host}:${port}`];
  let url = `http://${host}:${port}`;
  if (tls !== undefined) {
    // The tests' certificate is for 127.0.0.1, where another server may use any fixed port.
    const secure = `127.0.0.1:${await freePort()}`;
    const file = (name: string): string => join(directory, name);
    const { clients } = tls;
    const listener = [
      `address = "${secure}"`,
      `tls_cert_file = "${file("cert.pem")}"`,
      `tls_key_file = "${file("key.pem")}"`,
      ...(clients === undefined
        ? []
        : ["tls_require_and_verify_client_cert = true", `tls_client_ca_file = "${file("clients.pem")}"`]),
    ];
    await Promise.all([
      ...(clients === undefined ? [] : [writeFile(file("clients.pem"), clients)]),
      writeFile(file("cert.pem"), tls.cert),
      writeFile(file("key.pem"), tls.key),
      writeFile(file("tls.hcl"), `listener "tcp" {\n${listener.join("\n")}\n}\n`),
    ]);
    args.push(`-config=${file("tls.hcl")}`);
    url = `https://${secure}`;
  }
  const child = startGuarded(binary, [...args, "-dev-no-store-token"], { home: directory, output: "pipe" });
  let said = "";
  const started = new Promise<string>((done, fail) => {
    const hear = (chunk: Buffer): void => {
      said += String(chunk);
      const key = /^Unseal Key: (\S+)$/m.exec(said)?.[1];
      if (key !== undefined && /^Root Token: \S+$/m.test(said)) done(key);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", () => fail(new Error(`the real server ended: ${said}`)));
  });
  const key = await started;
  const plain = `http://${host}:${port}/v1`;
  const call = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${plain}/${path}`, {
      method,
      headers: { "X-Vault-Token": token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  // The mount is created in the background.
  while (!(await call("GET", "secret/config")).ok);
  return {
    url,
    rootToken: token,
    seal: async () => void (await call("PUT", "sys/seal")),
    unseal: async () => void (await call("PUT", "sys/unseal", { key })),
    close: async () => {
      if (child.exitCode === null) {
        const ended = new Promise((done) => child.once("exit", done));
        child.kill("SIGKILL");
        await ended;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
