import { rename } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../src/config/environment.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { lint, memoryTree, smallTree } from "./support/lint.js";
import { worldsForEach } from "./support/world.js";

/** A file whose name is a slip of one that is read is told, whatever the slip; and nothing is deleted for it. */
const inputs = counter("near misses of names of files");
afterAll(inputs.report);
const open = worldsForEach();

type Slip = (text: string, at: number) => string;

/** One letter too few, too many, another one, two that change places, or the wrong case. */
const SLIPS: readonly Slip[] = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => text.slice(0, at) + text.slice(at, at + 1) + text.slice(at),
  (text, at) => `${text.slice(0, at)}x${text.slice(at + 1)}`,
  (text, at) => text.slice(0, at) + text.slice(at + 1, at + 2) + text.slice(at, at + 1) + text.slice(at + 2),
  (text, at) => text.slice(0, at) + text.slice(at, at + 1).toUpperCase() + text.slice(at + 1),
];
const EXTENSIONS = ["yml", "YAML", "Yml", "yam", "yalm", "yamll", "ymal", "yaml ", "yml ", "yaml.txt"];
const SEPARATORS = ["_", ".", " ", "--", "- "];

interface Parts {
  readonly kind: string;
  readonly separator: string;
  readonly environment: string | undefined;
  readonly extension: string;
}

const nameOf = ({ kind, separator, environment, extension }: Parts): string =>
  `${kind}${environment === undefined ? "" : separator + environment}.${extension}`;

const slipped = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...SLIPS), fc.nat(text.length - 1))
    .map(([slip, at]) => slip(text, at))
    .filter((changed) => changed !== text);

/** A name that is read, and one that is a slip or two from it. */
const misnamed: fc.Arbitrary<readonly [right: string, wrong: string]> = fc
  .tuple(fc.constantFrom("secrets", "values"), fc.constantFrom(undefined, "test"))
  .chain(([kind, environment]) => {
    const right = { kind, separator: "-", environment, extension: "yaml" };
    const slips: fc.Arbitrary<Parts>[] = [
      slipped(kind).map((wrong) => ({ ...right, kind: wrong })),
      fc.constantFrom(...EXTENSIONS).map((extension) => ({ ...right, extension })),
      fc.constant({ ...right, kind: ` ${kind}` }),
      fc
        .tuple(slipped(kind), fc.constantFrom(...EXTENSIONS))
        .map(([wrong, extension]) => ({ ...right, kind: wrong, extension })),
      ...(environment === undefined
        ? []
        : [
            slipped(environment).map((wrong) => ({ ...right, environment: wrong })),
            fc.constantFrom(...SEPARATORS).map((separator) => ({ ...right, separator })),
          ]),
    ];
    return fc.oneof(...slips).map((wrong) => [nameOf(right), nameOf(wrong)] as const);
  });

const TEXT = "p: {description: x, generate: {type: password}}\n";

/** A slip or two from the name of settings, but not in the name of the environment: that would be another one. */
const misnamedSettings = misnamed
  .filter(
    ([right, wrong]) => right === "values-test.yaml" && /test\.|test$/i.test(wrong) && !/^values-.+\.yaml$/.test(wrong),
  )
  .map(([, wrong]) => wrong);

describe("a misnamed file", () => {
  test("is an error of lint, and loading does as if it were not there", { timeout: patience(10_000) }, () => {
    fc.assert(
      fc.property(misnamed, ([right, wrong]) => {
        inputs.count();
        const files = smallTree(
          { a: { [wrong]: TEXT } },
          {
            "environments/values-test.yaml":
              "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/test\napplications: {a: true}\n",
          },
        );
        const found = lint(files).findings.filter(({ rule }) => rule === "misnamed-file");
        expect({ wrong, found: found.map(({ severity, diagnostic: { details } }) => ({ severity, details })) }).toEqual(
          {
            wrong,
            found: [
              { severity: "error", details: { path: `applications/a/${wrong}`, meant: `applications/a/${right}` } },
            ],
          },
        );
        const { environment, mayRequireMore } = loadEnvironment(memoryTree(files), "test");
        expect([environment.applications.get("a")?.secrets.size, mayRequireMore("a").length > 0]).toEqual([0, true]);
      }),
      fuzz(150),
    );
  });

  test("is warned of, and nothing is deleted for it", { timeout: patience(20_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(misnamed, async ([right, wrong]) => {
        inputs.count();
        const files = {
          "secrets.yaml": `${TEXT}q: {description: x, if: isOn, generate: {type: password}}\nr: {description: x, if: isOnHere, generate: {type: password}}\n`,
          "secrets-test.yaml": "s: {description: x, generate: {type: password}}\n",
          "values.yaml": "isOn: true\n",
          "values-test.yaml": "isOnHere: true\n",
        };
        const named = Object.entries(files).map(([name, text]) => [`applications/app/${name}`, text] as const);
        const world = await open({ app: { secrets: "" } }, Object.fromEntries(named));
        expect(await world.run(["secrets", "sync", "test"])).toMatchObject({ exit: 0 });
        const before = await world.kv.get("app");
        expect(Object.keys(before ?? {})).toEqual(["p", "q", "r", "s"]);
        const directory = join(world.tree.root, "applications/app");
        await rename(join(directory, right), join(directory, wrong));
        for (const command of ["audit", "plan", "sync", "sync --delete --yes", "sync --delete --purge --yes"]) {
          const { stderr } = await world.run([
            "secrets",
            ...command.split(" ").slice(0, 1),
            "test",
            ...command.split(" ").slice(1),
          ]);
          expect(stderr).toContain(`Warning: applications/app/${wrong}: a file with this name is ignored`);
          expect(stderr).not.toMatch(/^ {2,}at /m);
        }
        expect(await world.kv.get("app")).toEqual(before);
      }),
      fuzz(4),
    );
  });
});

test("misnamed settings are pointed at, and their environment counts as unreadable", {
  timeout: patience(10_000),
}, () => {
  fc.assert(
    fc.property(misnamedSettings, (wrong) => {
      inputs.count();
      const environment = /test/i.exec(wrong)?.[0] ?? "";
      const settings = "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/one\napplications: {a: true}\n";
      const files = smallTree({ a: { "secrets.yaml": TEXT } }, { [`environments/${wrong}`]: settings });
      const found = lint(files).findings.filter(({ rule }) => rule === "misnamed-file");
      const meant = `environments/values-${environment}.yaml`;
      expect(found.map(({ severity, diagnostic: { details } }) => ({ severity, details }))).toEqual([
        { severity: "error", details: { path: `environments/${wrong}`, meant } },
      ]);
      const tree = memoryTree(files);
      expect(loadEnvironment(tree, "one").unreadableSiblings()).toEqual([environment]);
      expect(() => loadEnvironment(tree, environment)).toThrow(`No configuration found for environment ${environment}`);
    }),
    fuzz(60),
  );
});

const FIELDS: Readonly<Record<string, string>> = {
  name: "name: test\n",
  fqdn: "fqdn: test.example.org\n",
  onepassword: 'onepassword: {connectUrl: "https://op.example.org", vaultTitle: x}\n',
  applications: "applications: {a: true}\n",
};

test("mistyped settings are an error of lint, and end no secret", { timeout: patience(10_000) }, () => {
  const fields = fc
    .constantFrom(...Object.keys(FIELDS))
    .chain((field) => slipped(field).map((wrong) => [field, wrong] as const));
  fc.assert(
    fc.property(fields, ([field, wrong]) => {
      inputs.count();
      const lines = Object.values({ ...FIELDS, [field]: (FIELDS[field] ?? "").replace(field, wrong) });
      const settings = `vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/test\n${lines.join("")}`;
      const files = smallTree({ a: { "secrets.yaml": TEXT } }, { "environments/values-test.yaml": settings });
      const found = lint(files).findings.filter(({ environments }) => environments.includes("test"));
      expect({ wrong, found: found.map(({ severity, diagnostic: { details } }) => ({ severity, details })) }).toEqual({
        wrong,
        found: [{ severity: "error", details: { field: wrong, meant: field } }],
      });
      expect(loadEnvironment(memoryTree(files), "test").mayRequireMore("a").length > 0).toBe(field === "applications");
    }),
    fuzz(60),
  );
});
