// Makes docs/images/rotate.png and fleet.png with the program as it is: an embedded server, a terminal (tmux), Chromium.
// Look at both before you commit them. docs/images/graph-demo.svg is written by test/reference.test.ts.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "dist", "bin.cjs");
const images = join(root, "docs", "images");
const TOKEN = "demo";

const directory = await mkdtemp(join(tmpdir(), "phalanx-pictures-"));
const home = join(directory, "home");
await mkdir(home);

/** On its usual port, because the pictures show it. */
async function startServer() {
  const server = spawn(process.execPath, [bin, "dev-vault", "--token", TOKEN], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const chunk of server.stdout) if (String(chunk).includes("Ctrl-C")) return server;
  throw new Error("the embedded server did not start");
}

function phalanx(cwd, args, { env = {}, expected = [0], input } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: home, CI: "1", VAULT_TOKEN: TOKEN, GITHUB_ACTOR: "ada", ...env },
    input,
  });
  if (!expected.includes(status)) throw new Error(`phalanx ${args.join(" ")}: ${status}\n${stderr}`);
  return stdout;
}

async function vault(method, path, body) {
  const answer = await fetch(`http://127.0.0.1:8200/v1/${path}`, {
    method,
    headers: {
      "X-Vault-Token": TOKEN,
      "Content-Type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.status === 204 ? undefined : answer.json();
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const COLOURS = ["#8b949e", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#c9d1d9"];

const ESCAPE = "\u001B";

/** What a terminal shows, as HTML. */
function html(screen) {
  let [bold, dim, colour] = [false, false, ""];
  const spans = `${ESCAPE}[m${screen}`.split(`${ESCAPE}[`).map((part) => {
    const [, codes = "", text = part] = /^([\d;]*)m([^]*)$/.exec(part) ?? [];
    for (const code of codes.split(";").map(Number)) {
      if (code === 0) [bold, dim, colour] = [false, false, ""];
      else if (code === 1) bold = true;
      else if (code === 2) dim = true;
      else if (code === 22) [bold, dim] = [false, false];
      else if (code === 39) colour = "";
      else if (code >= 30 && code <= 37) colour = COLOURS[code - 30];
      else if (code >= 90 && code <= 97) colour = COLOURS[code - 90];
    }
    const weight = bold ? "font-weight:bold;" : "";
    const shade = colour === "" ? (bold ? "#fff" : dim ? "#8b949e" : "inherit") : colour;
    return `<span style="${weight}color:${shade}">${text.replaceAll(/[&<>]/g, (c) => ESCAPES[c])}</span>`;
  });
  return `<body style="margin:0"><pre style="margin:0;display:inline-block;padding:18px 22px;background:#0d1117;color:#c9d1d9;
    font:15px/20px 'DejaVu Sans Mono',monospace">${spans.join("")}</pre></body>`;
}

async function rotation(browser) {
  const tree = join(directory, "observatory");
  await cp(join(root, "example"), tree, { recursive: true });
  await chmod(join(tree, "secrets-demo.yaml"), 0o600);
  phalanx(tree, ["secrets", "sync", "demo", "--secrets", "secrets-demo.yaml"]);
  const tmux = (...args) => execFileSync("tmux", ["-S", join(directory, "tmux"), ...args], { encoding: "utf8" });
  const command = "secrets rotate demo gatekeeper/session-key postgres/gatekeeper-password";
  const env = `env -i PATH="$PATH" HOME=${home} TERM=screen-256color LC_ALL=C.UTF-8 VAULT_TOKEN=${TOKEN}`;
  const line = `cd ${tree} && ${env} ${process.execPath} ${bin} ${command}`;
  tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "60", line);
  try {
    for (let waited = 0; ; waited++) {
      await new Promise((done) => setTimeout(done, 200));
      const screen = tmux("capture-pane", "-e", "-p");
      if (screen.includes("[y/N]") || waited > 100) {
        const shown = `${ESCAPE}[2m$${ESCAPE}[0m phalanx ${command}\n${screen.trimEnd()}`;
        const page = await browser.newPage({ deviceScaleFactor: 2 });
        await page.setContent(html(shown));
        await page.locator("pre").screenshot({ path: join(images, "rotate.png") });
        await page.close();
        return;
      }
    }
  } finally {
    tmux("kill-server");
  }
}

/** Environments of an invented observatory, and the applications that are off in each. */
const ENVIRONMENTS = {
  archive: ["alertbot", "notebooks"],
  dev: [],
  integration: [],
  outreach: ["alertbot", "broker", "notebooks", "portal"],
  production: [],
  "site-north": ["dashboard"],
  "site-south": ["dashboard"],
  staging: [],
  summit: ["notebooks"],
  telescope: ["portal", "notebooks"],
  training: ["alertbot", "broker", "portal"],
  workshop: ["alertbot", "dashboard", "postgres"],
};

async function fleet(browser) {
  const tree = join(directory, "fleet");
  await cp(join(root, "example"), tree, { recursive: true });
  for (const name of ["environments/values-demo.yaml", "environments/values-staging.yaml", "secrets-demo.yaml"])
    await rm(join(tree, name));
  const all = ["alertbot", "broker", "dashboard", "notebooks", "portal", "postgres"];
  const declared = ["environments:"];
  for (const [name, off] of Object.entries(ENVIRONMENTS)) {
    const on = all.filter((application) => !off.includes(application)).map((application) => `  ${application}: true\n`);
    const settings = `name: ${name}\nfqdn: ${name}.observatory.example\nvaultUrl: http://127.0.0.1:8200\nvaultPathPrefix: secret/phalanx/${name}\napplications:\n`;
    await writeFile(join(tree, `environments/values-${name}.yaml`), settings + on.join(""));
    // Without the database server of the cluster, what copies from it has values of its own.
    if (off.includes("postgres"))
      for (const application of ["gatekeeper", "notebooks"]) {
        const file = join(tree, `applications/${application}/secrets-${name}.yaml`);
        await writeFile(
          file,
          "database-password:\n  description: Password of the database user.\n  generate:\n    type: password\n",
        );
      }
    const template = phalanx(tree, ["secrets", "static-template", name]);
    const filled = template.replaceAll(/value: null/g, `value: "fake-${name}"`);
    await writeFile(join(tree, `static-${name}.yaml`), filled, { mode: 0o600 });
    phalanx(tree, ["secrets", "sync", name, "--secrets", `static-${name}.yaml`]);
    if (name !== "workshop") declared.push(`  ${name}: { secrets: static-${name}.yaml }`);
  }
  await writeFile(join(tree, "phalanx.yaml"), `${declared.join("\n")}\n`);

  const patch = (path, data) => vault("PATCH", `secret/data/phalanx/${path}`, { data });
  const value = async (path, key) => (await vault("GET", `secret/data/phalanx/${path}`)).data.data[key];
  // One value in two environments, copied by hand.
  const shared = await value("staging/gatekeeper", "session-key");
  await patch("production/gatekeeper", { "session-key": shared });
  // By hand, missing, left over.
  await patch("dev/gatekeeper", { "database-password": "guess" });
  await patch("site-north/portal", { "map-tiles-key": "by-hand", "broker-password": "by-hand" });
  await patch("telescope/broker", { "admin-password": null });
  await patch("integration/portal", { "old-token": "x" });
  await patch("archive/dashboard", { "old-webhook": "x" });
  await vault("POST", "secret/data/phalanx/dev/sketches", { data: { key: "x" } });
  // Nobody has given this one a value.
  const file = join(tree, "static-summit.yaml");
  await writeFile(file, (await readFile(file, "utf8")).replace(/(forge-token:[^]*?value: )"[^"]*"/, "$1null"));
  await patch("summit/dashboard", { "forge-token": null });

  const env = { VAULT_TOKEN: "", VAULT_TOKEN_OUTREACH: "expired" };
  for (const name of Object.keys(ENVIRONMENTS))
    if (!["outreach", "training"].includes(name)) env[`VAULT_TOKEN_${name.toUpperCase().replaceAll("-", "_")}`] = TOKEN;
  for (const [name, days] of Object.entries({ staging: 8, "site-south": 12 })) {
    const made = phalanx(tree, ["vault", "create-write-token", name, "--lifetime", `${days * 24}h`]);
    const token = /^token: "?([^"\n]+)/m.exec(made)?.[1];
    if (token === undefined) throw new Error(made);
    env[`VAULT_TOKEN_${name.toUpperCase().replaceAll("-", "_")}`] = token;
  }
  phalanx(tree, ["fleet", "audit", "--max-age", "365d", "--html", "fleet.html"], { env, expected: [1, 2] });
  // As wide as a page of the documentation, where it is shown.
  const page = await browser.newPage({ viewport: { width: 720, height: 700 }, deviceScaleFactor: 2 });
  await page.goto(pathToFileURL(join(tree, "fleet.html")).href);
  await page.screenshot({ path: join(images, "fleet.png") });
  await page.close();
}

const server = await startServer();
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  await rotation(browser);
  await fleet(browser);
} finally {
  await browser.close();
  server.kill();
  await rm(directory, { recursive: true, force: true });
}
