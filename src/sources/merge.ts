import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { StaticPart } from "../model/diagnostics/sources.js";
import { groupBy } from "../model/group.js";
import { refId, type SecretRef } from "../model/secret.js";
import { sameStoredValue, type SecretValue } from "../model/secret-value.js";
import type { StaticSecrets } from "../model/static-secrets.js";

/** Static secrets of several files combined, and where the files differ. */
export interface MergedSecrets {
  readonly staticSecrets: StaticSecrets;
  readonly conflicts: readonly AnyDiagnostic[];
}

/** The static secrets of one file, and its name. */
export interface FromFile {
  readonly file: string;
  readonly staticSecrets: StaticSecrets;
}

/** A later file wins; values it lacks come from earlier ones. */
export function mergeStaticSecrets(environment: string, all: readonly FromFile[]): MergedSecrets {
  const conflicts: AnyDiagnostic[] = [];
  const merged = <T>(
    part: StaticPart,
    entriesOf: (secrets: StaticSecrets) => Iterable<readonly [name: string, value: T]>,
    isSame: (a: T, b: T) => boolean,
  ): ReadonlyMap<string, T> => {
    const last = new Map<string, { readonly value: T; readonly file: string }>();
    for (const { file, staticSecrets } of all) {
      for (const [name, value] of entriesOf(staticSecrets)) {
        const before = last.get(name);
        if (before && !isSame(before.value, value)) {
          const details = { part, name, files: [before.file, file] } as const;
          conflicts.push(diagnostic("secrets-files-differ", details, { subject: { environment } }));
        }
        last.set(name, { value, file });
      }
    }
    return new Map([...last].map(([name, { value }]) => [name, value]));
  };
  const secrets = merged("secret", valuesOf, (a, b) => sameStoredValue(a.value, b.value));
  const staticSecrets = {
    origin: "file",
    files: all.flatMap(({ staticSecrets }) => staticSecrets.files ?? []),
    applications: new Map(
      [...groupBy(secrets.values(), ({ application }) => application)].map(([application, ofIt]) => [
        application,
        new Map(ofIt.map(({ key, value }) => [key, value])),
      ]),
    ),
    oidcClients: merged(
      "oidc-client",
      ({ oidcClients }) => oidcClients,
      (a, b) => a.id === b.id && a.returnUri === b.returnUri && sameStoredValue(a.secret, b.secret),
    ),
    registries: merged(
      "registry",
      ({ registries }) => registries,
      (a, b) => a.username === b.username && sameStoredValue(a.password, b.password),
    ),
    vaultWriteToken: merged("write-token", tokenOf, sameStoredValue).get("vault-write-token"),
  } as const;
  return { staticSecrets, conflicts };
}

type Value = SecretRef & { readonly value: SecretValue };

function valuesOf({ applications }: StaticSecrets): (readonly [string, Value])[] {
  return [...applications].flatMap(([application, keys]) =>
    [...keys]
      .filter(([, value]) => !value.isEmpty)
      .map(([key, value]) => [refId({ application, key }), { application, key, value }] as const),
  );
}

function tokenOf({ vaultWriteToken }: StaticSecrets): (readonly [string, SecretValue])[] {
  return vaultWriteToken === undefined ? [] : [["vault-write-token", vaultWriteToken]];
}
