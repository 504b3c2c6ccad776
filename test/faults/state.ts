import type { Kv } from "../support/kv.js";

export type Values = Readonly<Record<string, string>>;

/** One version of a KV secret; `values` is undefined where nobody can read them any more. */
interface Version {
  readonly values: Values | undefined;
  readonly destroyed: boolean;
}

interface Secret {
  readonly versions: ReadonlyMap<number, Version>;
  readonly latest: number;
  /** Of the latest version. */
  readonly values: Values | undefined;
}

/** Everything in Vault that a command could change, the notes of who did it left out. */
export interface VaultState {
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly policies: Values;
  /** The accessors of the environment's write tokens. */
  readonly tokens: readonly string[];
  readonly role: unknown;
  readonly secretIds: readonly string[];
}

/** Reads it as another program than ours. */
export async function readState(kv: Kv, prefix: string): Promise<VaultState> {
  const slash = prefix.indexOf("/");
  const [mount, path] = [prefix.slice(0, slash), prefix.slice(slash + 1)];
  const name = path.slice(path.lastIndexOf("/") + 1);
  const get = async <T>(at: string): Promise<T | undefined> => {
    const { status, body } = await kv.call("GET", at);
    return status === 200 ? (body as { data: T }).data : undefined;
  };
  const list = async (at: string): Promise<string[]> => (await get<{ keys: string[] }>(`${at}?list=true`))?.keys ?? [];
  const readSecret = async (application: string): Promise<[string, Secret]> => {
    type Metadata = { current_version: number; versions: Record<string, { destroyed: boolean }> };
    const metadata = await get<Metadata>(`${mount}/metadata/${path}/${application}`);
    const versions = await Promise.all(
      Object.entries(metadata?.versions ?? {}).map(async ([version, { destroyed }]): Promise<[number, Version]> => {
        const data = await get<{ data: Values }>(`${mount}/data/${path}/${application}?version=${version}`);
        return [Number(version), { values: data?.data, destroyed }];
      }),
    );
    const sorted = new Map(versions.sort(([a], [b]) => a - b));
    const latest = metadata?.current_version ?? 0;
    return [application, { versions: sorted, latest, values: sorted.get(latest)?.values }];
  };
  const accessors = await list("auth/token/accessors");
  const tokens = await Promise.all(
    accessors.map(async (accessor) => {
      const { body } = await kv.call("POST", "auth/token/lookup-accessor", { accessor });
      const { data } = body as { data?: { display_name: string } };
      return data?.display_name === `token-${name}` ? [accessor] : [];
    }),
  );
  const policies = ["read", "write"].map(async (kind): Promise<[string, string]> => {
    const data = await get<{ policy: string }>(`sys/policies/acl/${encodeURIComponent(`${path}/${kind}`)}`);
    return [kind, data?.policy ?? ""];
  });
  const names = (await list(`${mount}/metadata/${path}/`)).filter((each) => !each.endsWith("/"));
  return {
    secrets: new Map(await Promise.all(names.sort().map(readSecret))),
    policies: Object.fromEntries(await Promise.all(policies)),
    tokens: tokens.flat().sort(),
    role: await get(`auth/approle/role/${name}`),
    secretIds: (await list(`auth/approle/role/${name}/secret-id`)).sort(),
  };
}

/** The applications that have another latest state in `after`. */
export function changedApplications(before: VaultState, after: VaultState): string[] {
  const names = new Set([...before.secrets.keys(), ...after.secrets.keys()]);
  const shown = (secret: Secret | undefined): string => JSON.stringify([secret?.latest, secret?.values]);
  return [...names].filter((name) => shown(before.secrets.get(name)) !== shown(after.secrets.get(name))).sort();
}
