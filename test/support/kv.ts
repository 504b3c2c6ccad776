/**
 * A KV v2 mount under a prefix, as seen by an independent client. Does not use `src/vault`, so that it can verify it.
 */
export interface Kv {
  /** The readable values of a secret; undefined if there are none. */
  get(application: string): Promise<Record<string, unknown> | undefined>;
  version(application: string): Promise<number>;
  put(application: string, data: Record<string, unknown>): Promise<void>;
  set(application: string, key: string, value: unknown): Promise<void>;
  /** Writes a secret with one key whose value is given as JSON text, with its exact digits. */
  putRaw(application: string, key: string, json: string): Promise<void>;
  unset(application: string, key: string): Promise<void>;
  softDelete(application: string): Promise<void>;
  undelete(application: string, version: number): Promise<void>;
  destroy(application: string, version: number): Promise<void>;
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown; text: string }>;
}

export function openKv(url: string, token: string, prefix: string): Kv {
  const slash = prefix.indexOf("/");
  const [mount, base] = [prefix.slice(0, slash), prefix.slice(slash + 1)];
  const path = (kind: string, application: string): string =>
    `${mount}/${kind}/${base}/${encodeURIComponent(application)}`;
  const call: Kv["call"] = async (method, at, body) => {
    const payload = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const answer = await fetch(`${url}/v1/${at}`, { method, headers: { "X-Vault-Token": token }, ...payload });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text), text };
  };
  const must = async (...args: Parameters<Kv["call"]>): Promise<void> => {
    const { status, text } = await call(...args);
    if (status >= 300) throw new Error(`${args[0]} ${args[1]}: ${status} ${text}`);
  };
  const kv: Kv = {
    call,
    get: async (application) => {
      const { status, body } = await call("GET", path("data", application));
      return status === 200 ? (body as { data: { data: Record<string, unknown> } }).data.data : undefined;
    },
    version: async (application) => {
      const { status, body } = await call("GET", path("metadata", application));
      return status === 200 ? (body as { data: { current_version: number } }).data.current_version : 0;
    },
    put: (application, data) => must("POST", path("data", application), { data }),
    set: async (application, key, value) => kv.put(application, { ...(await kv.get(application)), [key]: value }),
    putRaw: (application, key, json) =>
      must("POST", path("data", application), `{"data":{${JSON.stringify(key)}:${json}}}`),
    unset: async (application, key) => {
      const { [key]: _, ...rest } = (await kv.get(application)) ?? {};
      await kv.put(application, rest);
    },
    softDelete: (application) => must("DELETE", path("data", application)),
    undelete: (application, version) => must("POST", path("undelete", application), { versions: [version] }),
    destroy: (application, version) => must("POST", path("destroy", application), { versions: [version] }),
  };
  return kv;
}
