/** How large a synthetic fleet is. Each of its environments enables each of its applications. */
export interface FleetSize {
  readonly environments: number;
  readonly applications: number;
  /** The same seed gives the same fleet. */
  readonly seed: number;
}

export interface SyntheticFleet {
  readonly environments: readonly string[];
  /** Below the mount `secret`; each environment has a path of its own in it. */
  readonly prefix: string;
  /** The files of its configuration by path, with the address that the environments have their Vault at. */
  readonly files: (vaultUrl: string) => Record<string, string>;
  /** What its Vault holds: what the configuration asks for, but for a few. */
  readonly contents: () => Iterable<StoredSecret>;
}

export interface StoredSecret {
  readonly environment: string;
  readonly application: string;
  readonly values: Readonly<Record<string, string>>;
}

type Kind = "password" | "token" | "copy" | "static" | "fixed";
const KINDS: readonly Kind[] = ["password", "token", "copy", "static", "fixed"];
/** Of a hundred secrets, one each is missing, differs, is required by nobody, and has another environment's value. */
const ODDS = ["missing", "drifted", "unknown", "shared"] as const;

/** A fleet of one to seven secrets for each application, four on average, some of them not as they should be. */
export function syntheticFleet({ environments, applications, seed }: FleetSize): SyntheticFleet {
  const names = numbered("app", applications);
  const places = numbered("env", environments);
  const chance = random(seed);
  const kinds = names.map((_, i) =>
    Array.from({ length: 1 + Math.floor(chance() * 7) }, (__, key) => {
      const kind = KINDS[key === 0 ? 0 : Math.floor(chance() * KINDS.length)] ?? "password";
      // The first application has nothing to copy from.
      return i === 0 && kind === "copy" ? "static" : kind;
    }),
  );
  const prefix = `fleet-${environments}x${applications}-${seed}`;
  const valueOf = (environment: number, application: number, key: number): string => {
    const kind = kinds[application]?.[key];
    if (kind === "copy") return valueOf(environment, application - 1, 0);
    return kind === "fixed" ? "fixed" : `${kind}-of-${places[environment]}-${names[application]}-key-${key}`;
  };
  return {
    environments: places,
    prefix,
    files: (vaultUrl) =>
      Object.fromEntries([
        ["environments/values.yaml", `applications:\n${names.map((name) => `  ${name}: true\n`).join("")}`],
        ...places.map((name): [string, string] => [
          `environments/values-${name}.yaml`,
          `name: ${name}\nvaultUrl: ${vaultUrl}\nvaultPathPrefix: secret/${prefix}/${name}\napplications: {}\n`,
        ]),
        ["static.yaml", staticSecrets(names, kinds)],
        // As often as in the configuration of the Rubin Observatory.
        ...places.flatMap((place, e) =>
          names
            .filter((_, a) => (a + e) % 5 === 0)
            .map((name): [string, string] => [`applications/${name}/values-${place}.yaml`, "replicas: 3\n"]),
        ),
        ...names.flatMap((name, i): [string, string][] => [
          [`applications/${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`],
          [`applications/${name}/values.yaml`, "replicas: 2\n"],
          [`applications/${name}/secrets.yaml`, declared(kinds[i] ?? [], names[i - 1])],
        ]),
      ]),
    *contents() {
      const luck = random(seed + 1);
      for (const [e, environment] of places.entries()) {
        for (const [a, application] of names.entries()) {
          const values: Record<string, string> = {};
          for (const key of (kinds[a] ?? []).keys()) {
            const name = `key-${key}`;
            const odd = ODDS[Math.floor(luck() * 100)];
            // What others copy from stays as it is, so that one thing that is wrong is one finding.
            if (odd === undefined || key === 0) values[name] = valueOf(e, a, key);
            else if (odd === "drifted") values[name] = "another value";
            else if (odd === "shared") values[name] = valueOf(Math.floor(luck() * environments), a, key);
            else if (odd === "unknown") Object.assign(values, { [name]: valueOf(e, a, key), [`stray-${key}`]: "x" });
          }
          yield { environment, application, values };
        }
      }
    },
  };
}

function declared(kinds: readonly Kind[], before: string | undefined): string {
  const rules: Readonly<Record<Kind, string>> = {
    password: "generate: {type: password}",
    token: "generate: {type: gafaelfawr-token}",
    copy: `copy: {application: ${before}, key: key-0}`,
    static: "onepassword: {encoded: false}",
    fixed: "value: fixed",
  };
  return kinds.map((kind, key) => `key-${key}:\n  description: Secret ${key}\n  ${rules[kind]}\n`).join("");
}

/** A static secrets file, for one environment. */
function staticSecrets(names: readonly string[], kinds: readonly (readonly Kind[])[]): string {
  const applications = names.map((name, i) => {
    const keys = [...(kinds[i] ?? []).entries()].filter(([, kind]) => kind === "static");
    return `  ${name}: {${keys.map(([key]) => `key-${key}: {value: static-${i}-${key}}`).join(", ")}}\n`;
  });
  return `applications:\n${applications.join("")}`;
}

function numbered(what: string, count: number): readonly string[] {
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, i) => `${what}-${String(i).padStart(digits, "0")}`);
}

/** Numbers from 0 up to 1 that follow from the seed: splitmix32. */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
