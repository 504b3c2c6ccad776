import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .sort();
const withoutComments = (code: string): string => code.replaceAll(/^ *(\/\/|\/?\*).*$/gm, "");
const text = new Map(sources.map((path) => [path, withoutComments(readFileSync(join(ROOT, "src", path), "utf8"))]));
const filesWith = (pattern: RegExp): string[] => sources.filter((path) => pattern.test(text.get(path) ?? ""));

describe("the code", () => {
  test("reveals values only where they are compared by length, hashed, serialised or sent", () => {
    expect(filesWith(/\.reveal(Json)?\(\)/)).toEqual([
      "access/auth.ts", // the token of a session
      "fleet-audit/value-ports.ts", // keyed fingerprints in memory, and certificates
      "manifests/delivered-data.ts", // what an operator makes of them, to compare in memory with a Secret
      "render/export.ts", // the files of vault export-secrets
      "render/static-secrets.ts", // the file of them that onepassword-secrets prints
      "render/vault-credentials.ts", // what create-read-approle and create-write-token print
      "runs/set-in-file.ts", // the file that set --in writes
      "runs/set-pull-secret.ts", // user name and password, typed as one
      "secrets/generators.ts", // the sources of hashes, and the JSON of clients
      "secrets/pull-secret.ts", // its JSON, and the registries in a stored one
      "secrets/resolve.ts", // the text of a template, and how long the source of a hash is
      "secrets/verify.ts", // formats, and hashes against their sources
      "sources/encrypted/age.ts", // passphrases and identities, to the library
      "vault/apply-write.ts", // the body of a write
    ]);
  });

  test("quotes every word of a command line that it prints with a name in it", () => {
    const command =
      /\b(phalanx (secrets|vault|fleet|migrate|graph|diff|lint) |kubectl |git [a-z]+ |sops |vault (kv|auth|secrets|write|policy) |export [A-Z_]+=)[^`;,.)]*?\$\{(?!shellWord\()/;
    const literals = sources.flatMap((path) =>
      [...(text.get(path) ?? "").matchAll(/`(?:[^`\\]|\\.)*`/g)].map(([literal]) => `${path}: ${literal}`),
    );
    expect(literals.length).toBeGreaterThan(500);
    expect(literals.filter((literal) => command.test(literal))).toEqual([]);
  });

  test("writes to Vault only in these places", () => {
    expect(filesWith(/method: "(POST|PUT|DELETE)"/)).toEqual([
      "sources/onepassword/create.ts", // empty items, in 1Password
      "vault/apply-write.ts", // data, from a plan
      "vault/capabilities.ts", // what the token may do, and how large a request may be, which is asked with a POST
      "vault/change-version.ts", // the same: deleting and undeleting
      "vault/explain-denied.ts", // a question that is a POST
      "vault/login.ts", // logging in, and out
      "vault/metadata.ts", // who wrote it
      "vault/policies.ts", // policies; AppRoles and tokens by the same function
      "vault/tokens.ts", // what is known of a token, asked the same way
    ]);
  });
});
