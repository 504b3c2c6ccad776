// Runs the main use case on the example environment against an embedded server, as a user would, and exits.
import { spawn, spawnSync } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "dist", "bin.cjs");
const say = (text) => process.stdout.write(`${text}\n`);

async function startVault() {
  const server = spawn(process.execPath, [bin, "dev-vault", "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const chunk of server.stdout) {
    output += chunk;
    const url = /VAULT_ADDR=(\S+)/.exec(output)?.[1];
    const token = /VAULT_TOKEN=(\S+)/.exec(output)?.[1];
    if (url && token) return { server, url, token };
  }
  throw new Error("the embedded server did not start");
}

/** Copies the example tree to a temporary directory, pointed at the server. */
async function copyExample(url) {
  const tree = await mkdtemp(join(tmpdir(), "phalanx-demo-"));
  await cp(join(root, "example"), tree, { recursive: true });
  await chmod(join(tree, "secrets-demo.yaml"), 0o600);
  const settings = join(tree, "environments", "values-demo.yaml");
  await writeFile(settings, (await readFile(settings, "utf8")).replace(/^vaultUrl:.*$/m, `vaultUrl: "${url}"`));
  return tree;
}

function phalanx(tree, token, expected, ...args) {
  say(`\n$ phalanx ${args.join(" ")}`);
  const { status } = spawnSync(process.execPath, [bin, ...args], {
    cwd: tree,
    env: { ...process.env, VAULT_ADDR: url, VAULT_TOKEN: token, OP_CONNECT_TOKEN: "" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== expected) throw new Error(`exit status ${status} instead of ${expected}`);
  say(status === 0 ? "(exit status 0)" : `(exit status ${status}: there are findings)`);
}

/** The equivalent of `vault kv patch`, over the same API. */
async function patch(url, token, application, data) {
  const [[key, value]] = Object.entries(data);
  say(`\n$ vault kv patch -mount=secret phalanx/demo/${application} ${key}='${value}'`);
  const answer = await fetch(`${url}/v1/secret/data/phalanx/demo/${application}`, {
    method: "PATCH",
    headers: { "X-Vault-Token": token, "Content-Type": "application/merge-patch+json" },
    body: JSON.stringify({ data }),
  });
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
}

const { server, url, token } = await startVault();
const tree = await copyExample(url);
try {
  const secrets = ["--secrets", "secrets-demo.yaml"];
  say(`An embedded Vault runs at ${url} (not for production); the example environment is called demo.`);
  say("\n# Before the first install, everything is missing.");
  phalanx(tree, token, 1, "secrets", "audit", "demo", ...secrets);
  say("\n# Sync generates what can be generated, takes the rest from the file, and writes every application once.");
  phalanx(tree, token, 0, "secrets", "sync", "demo", ...secrets);
  say("\n# Now Vault holds exactly what the configuration asks for: an audit says nothing.");
  phalanx(tree, token, 0, "secrets", "audit", "demo", ...secrets);
  say("\n# Somebody changes things behind our back.");
  await patch(url, token, "postgres", { "gatekeeper-password": "changed by hand" });
  await patch(url, token, "portal", { "left-over": "from an experiment" });
  phalanx(tree, token, 1, "secrets", "audit", "demo", ...secrets);
  say("\n# The copy follows its source; what is unknown stays, unless --delete is given.");
  phalanx(tree, token, 0, "secrets", "sync", "demo", ...secrets, "--delete");
  phalanx(tree, token, 0, "secrets", "audit", "demo", ...secrets);
} finally {
  server.kill();
  await rm(tree, { recursive: true, force: true });
}
say(`
That is the main job. What to try next, in this clone:

    npm link                                   # puts phalanx on your PATH
    phalanx dev-vault &                        # a server of your own; export the VAULT_TOKEN that it prints
    phalanx secrets sync demo --config example --secrets example/secrets-demo.yaml
    phalanx help
`);
