// The software bill of materials, from the lockfile alone: the output of `npm sbom` depends on the machine (it lists
// only packages for its platform, with a time and a random number) and would differ at each build.
import { readFile } from "node:fs/promises";

/**
 * CycloneDX 1.5 as text: everything that may run with the program, with licences, hashes and dependencies.
 *
 * @param bundled The directories of bundled packages, as `node_modules/zod`.
 */
export async function makeSbom(bundled) {
  const inside = new Set(bundled);
  const [root, ...all] = Object.entries(JSON.parse(await readFile("package-lock.json", "utf8")).packages);
  const packages = all
    .filter(([path, { dev }]) => !dev || inside.has(path))
    .map(([path, entry]) => ({ ...entry, path, name: path.slice(path.lastIndexOf("node_modules/") + 13) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const byPath = new Map(packages.map((each) => [each.path, each]));
  const own = { ...root[1], path: "" };
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { ...component(own, packages), type: "application" } },
    components: packages.map((each) => component(each, packages)),
    dependencies: [own, ...packages].map((each) => ({
      ref: purl(each),
      dependsOn: requirementsOf(each).flatMap((name) => {
        const found = resolve(each.path, name, byPath);
        return found === undefined ? [] : [purl(found)];
      }),
    })),
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function component(each, packages) {
  const { name, version, integrity, optional } = each;
  return {
    "bom-ref": purl(each),
    type: "library",
    name,
    version,
    scope: optional ? "optional" : "required",
    ...(integrity ? { hashes: [hash(integrity)] } : {}),
    licenses: [{ license: { id: licenseOf(each, packages) } }],
    purl: purl(each),
  };
}

/** The lockfile lacks the licence of packages that it never fetched: parts of another package, for other platforms. */
function licenseOf({ name, license }, packages) {
  return license ?? packages.find(({ optionalDependencies }) => optionalDependencies?.[name] !== undefined)?.license;
}

function hash(integrity) {
  const [algorithm, digest] = integrity.split("-", 2);
  return { alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(digest, "base64").toString("hex") };
}

function purl({ name, version }) {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function requirementsOf({ dependencies = {}, optionalDependencies = {} }) {
  return [...new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies)])].sort();
}

/** Resolves a package like Node: the nearest one up the tree. */
function resolve(path, name, byPath) {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf("/node_modules/"), 0))) {
    const found = byPath.get(`${at === "" ? "" : `${at}/`}node_modules/${name}`);
    if (found !== undefined || at === "") return found;
  }
}
