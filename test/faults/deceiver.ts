import type { Fate, ProxiedRequest } from "../support/proxy.js";
import type { Lie } from "./kinds.js";

/** How often a question is answered by a node that lags behind before that has caught up. */
const LAG = 3;
const GLANCE = 1000;

/** Tells a run lies about its writes. */
export interface Deceiver {
  /** What becomes of a request; a lie is about that request, and about what is asked after it. */
  decide(request: ProxiedRequest, lie?: Lie): Promise<Fate>;
  /** Lets everything arrive that is still on its way. */
  deliverAll(): Promise<void>;
}

/** Whether a request changes nothing, whatever its method. */
export function asksOnly({ method, path }: ProxiedRequest): boolean {
  return method === "GET" || /^(sys\/capabilities-self|auth\/token\/lookup)/.test(path);
}

/** @param url The server itself, past everything that lies. */
export function openDeceiver(url: () => string): Deceiver {
  /** What has been asked, by its text. */
  const asked = new Map<string, ProxiedRequest>();
  /** Answers from before a write, and how often each is still given. */
  const frozen = new Map<string, { fate: Fate; left: number }>();
  const held: { after: number; deliver: () => Promise<void> }[] = [];
  const freeze = async (write: ProxiedRequest): Promise<void> => {
    const questions = new Map([...asked, ...aboutTo(write).map((question) => [keyOf(question), question] as const)]);
    await Promise.all(
      [...questions].map(async ([key, { method, path, token = "", body }]) => {
        const answer = await fetch(`${url()}/v1/${path}`, {
          method,
          headers: { "x-vault-token": token },
          signal: AbortSignal.timeout(GLANCE),
          ...(method === "GET" ? {} : { body }),
        }).catch(() => undefined);
        // Of a server that does not answer, there is nothing to remember.
        if (answer === undefined) return;
        const fate = { status: answer.status, body: await answer.text() };
        frozen.set(key, { fate, left: LAG });
      }),
    );
  };
  const arrive = async (): Promise<void> => {
    for (const each of held) each.after -= 1;
    for (const each of held.filter(({ after }) => after < 0)) {
      held.splice(held.indexOf(each), 1);
      // A server that is gone by then never gets it.
      await each.deliver().catch(() => undefined);
    }
  };
  return {
    decide: async (request, lie) => {
      await arrive();
      if (asksOnly(request)) {
        asked.set(keyOf(request), request);
        const old = frozen.get(keyOf(request));
        if (old === undefined) return "pass";
        if (old.left-- > 0) return old.fate;
        // A node catches up with everything that came before, and not with one secret alone.
        frozen.clear();
        return "pass";
      }
      if (lie === undefined) return "pass";
      if ("fate" in lie) return lie.fate;
      if ("after" in lie) return { late: (deliver) => void held.push({ after: lie.after, deliver }) };
      await freeze(request);
      return "pass";
    },
    deliverAll: async () => {
      for (const { deliver } of held.splice(0)) await deliver().catch(() => undefined);
    },
  };
}

/** What a client may ask about a write that it has not asked before. */
function aboutTo(write: ProxiedRequest): ProxiedRequest[] {
  const [, mount = "", kind = "", name = ""] =
    /^([^/]+)\/(data|delete|undelete|destroy|metadata)\/(.+)$/.exec(write.path) ?? [];
  if (kind === "") return [];
  const get = (path: string): ProxiedRequest => ({ ...write, method: "GET", path, body: "" });
  const { options, versions = [] } = (write.body === "" ? {} : JSON.parse(write.body)) as {
    options?: { cas?: number };
    versions?: number[];
  };
  const numbers = options?.cas === undefined ? versions : [options.cas + 1];
  return [
    get(`${mount}/data/${name}`),
    get(`${mount}/metadata/${name}`),
    ...numbers.map((version) => get(`${mount}/data/${name}?version=${version}`)),
  ];
}

function keyOf({ method, path, body }: ProxiedRequest): string {
  return `${method} ${path} ${body}`;
}
