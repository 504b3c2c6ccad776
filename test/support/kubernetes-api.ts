import { Agent, request } from "node:https";

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An API server as seen by an independent client. Does not use `src/`, so that it can verify it. */
export interface KubernetesApi {
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** A call that must succeed; returns its body. A PATCH is a merge patch. */
  must<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): void;
}

export interface ApiOptions {
  readonly server: string;
  /** The CA of its certificate, in PEM. */
  readonly ca: string;
  readonly token: string;
  /** Timeout of a call in milliseconds. */
  readonly timeout?: number;
}

export function openApi({ server, ca, token, timeout = 30_000 }: ApiOptions): KubernetesApi {
  const agent = new Agent({ keepAlive: true, ca });
  const call: KubernetesApi["call"] = (method, path, body) =>
    new Promise((done, fail) => {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) };
      const signal = AbortSignal.timeout(timeout);
      const sent = request(`${server}${path}`, { method, agent, headers, signal }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.once("error", fail).once("end", () => {
          const isJson = answer.headers["content-type"]?.includes("json");
          done({ status: answer.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
        });
      });
      sent.once("error", fail).end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    call,
    must: async <T>(method: string, path: string, body?: unknown) => {
      const answer = await call(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body as T;
    },
    close: () => agent.destroy(),
  };
}
