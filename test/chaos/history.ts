import type { Kv } from "../support/kv.js";

export type Values = Readonly<Record<string, string>>;

interface HistoricVersion {
  /** Undefined where nobody can read them any more. */
  readonly values: Values | undefined;
  readonly destroyed: boolean;
}

/** One KV secret, with all of its versions. */
export interface SecretHistory {
  readonly versions: ReadonlyMap<number, HistoricVersion>;
  readonly latest: number;
  readonly customMetadata: Values;
}

/** All KV secrets under a prefix, by name. */
export type History = ReadonlyMap<string, SecretHistory>;

/** Reads everything that KV has under a prefix, as another program than ours. */
export async function readHistory(kv: Kv, prefix: string): Promise<History> {
  const [mount = "", ...components] = prefix.split("/");
  const path = components.join("/");
  const get = async <T>(at: string): Promise<T | undefined> => {
    const { status, body } = await kv.call("GET", at);
    if (status !== 200 && status !== 404) throw new Error(`${at}: ${status}`);
    return (body as { data?: T } | undefined)?.data ?? undefined;
  };
  const { keys = [] } = (await get<{ keys?: string[] }>(`${mount}/metadata/${path}/?list=true`)) ?? {};
  const secrets = keys.sort().map(async (name): Promise<[string, SecretHistory]> => {
    type Metadata = {
      current_version: number;
      custom_metadata: Values | null;
      versions: Record<string, { destroyed: boolean }>;
    };
    const metadata = await get<Metadata>(`${mount}/metadata/${path}/${name}`);
    const versions = Object.entries(metadata?.versions ?? {}).map(
      async ([version, { destroyed }]): Promise<[number, HistoricVersion]> => {
        const read = await get<{ data: Values | null }>(`${mount}/data/${path}/${name}?version=${version}`);
        return [Number(version), { values: read?.data ?? undefined, destroyed }];
      },
    );
    return [
      name,
      {
        versions: new Map((await Promise.all(versions)).sort(([a], [b]) => a - b)),
        latest: metadata?.current_version ?? 0,
        customMetadata: metadata?.custom_metadata ?? {},
      },
    ];
  });
  return new Map(await Promise.all(secrets));
}

/** What a KV secret holds now; undefined where that cannot be read. */
export function latestValues(history: History, application: string): Values | undefined {
  const secret = history.get(application);
  return secret?.versions.get(secret.latest)?.values;
}

export function sameValues(a: Values | undefined, b: Values | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** The keys that differ. */
export function changedKeys(before: Values = {}, after: Values = {}): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]);
}
