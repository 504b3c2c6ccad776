import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";

interface Exchange {
  readonly what: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    /** The name of a variable; null for none. */
    readonly token: string | null;
    readonly headers?: Readonly<Record<string, string>>;
    /** A string is sent as it is. */
    readonly body?: unknown;
  };
  /** Variables to set from fields of the answer. */
  readonly save?: Readonly<Record<string, string>>;
  readonly response: { readonly status: number; readonly body?: unknown };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What OpenBao 2.5.5 answered to one session of requests, with what changes each time replaced by `<name>`. */
const CONTRACT = fileURLToPath(new URL("fixtures/contract.json", import.meta.url));
const { requests: exchanges } = JSON.parse(readFileSync(CONTRACT, "utf8")) as { requests: Exchange[] };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlaceholder(value: unknown): boolean {
  return typeof value === "string" && /^<\w+>…?$/.test(value);
}

/**
 * Where HashiCorp Vault (1.18.3) answers otherwise than OpenBao, whose answers are recorded: the path of the request, and the
 * difference. No status is among it.
 */
const OF_HASHICORP: readonly RegExp[] = [
  / body\.mount_type: not expected$/,
  /^sys\/health body\.(enterprise|echo_duration_ms|clock_skew_ms|replication_primary_canary_age_ms): not expected$/,
  /^sys\/(health|seal-status) body\.(version|build_date): /,
  /^sys\/internal\/ui\/mounts\/\S+ body\.data\.(running_plugin_version|config\.(default|max)_lease_ttl): /,
  // Policies have no versions, metadata none that could be checked.
  /^sys\/polic\S+ body\.(data\.)?(version|cas_required|modified): missing$/,
  /^secret\/(metadata\/\S+|config) body\.data\.(current_metadata_version|metadata_cas_required): missing$/,
  /^auth\/approle\/role\/\S+ body\.data\.token_strictly_bind_ip: missing$/,
  // A token that it does not know is told from one that may not.
  / body\.errors\[0\]: "2 errors occurred:\\n\\t\* permission denied\\n\\t\* invalid token\\n\\n" instead of "permission denied"$/,
  // What is no map, no number and no text is called so in other words.
  / body\.errors\[0\]: "(Field validation failed: )?error converting input x for field /,
  / body\.errors\[0\]: "custom_metadata validation failed: '' expected type 'string', /,
];

/**
 * Where the embedded server is not like OpenBao, beyond the exchanges that are recorded: it takes names with characters that
 * cannot be printed (a real server: 400); it has no namespaces, quotas, standbys, JWT, Kubernetes or PKI, and asks for no
 * client certificate; `sys/leader` tells more than that there is no cluster; `sys/internal/ui/namespaces` is a 404 (200); the
 * last use of a token on `renew-self`, `token/create` or `sys/capabilities` is answered (400); storage has no limit for one
 * entry (Raft: 1 MiB). It does not list what is mounted from the start (`sys/`, `cubbyhole/`, `token/`), does not patch
 * metadata (405), looks up no SecretID and shows no page of a list. A policy with parameters, times or a response-wrapping
 * limit, a batch or periodic token, and a role for some addresses only are a 400, because they are not enforced.
 */

/** Where OpenBao 2.7 (2.7.2) answers otherwise than 2.5.5. No status is among it. */
const OF_OPENBAO_2_7: readonly RegExp[] = [
  /^sys\/health body\.(performance_standby: missing|version: )/,
  /^sys\/seal-status body\.(version: |commit_date: not expected|build_date: missing)/,
  /^sys\/internal\/ui\/mounts\/\S+ body\.data\.running_plugin_version: /,
  /^sys\/polic\S+ body\.(data\.)?allow_(slashes|wildcards)_in_identity_templates: not expected$/,
  / body\.errors\[0\]: "failed to parse policy: path \\"x\\": path \\"x\\": invalid capability /,
  / body\.errors\[0\]: "failed to decode JSON input: unexpected EOF" instead of "error parsing JSON"$/,
];

/** Lists the differences, ignoring placeholders; a list with one placeholder that ends with `…` may have any length. */
function differences(expected: unknown, actual: unknown, at = "body"): string[] {
  if (isPlaceholder(expected) || (at.endsWith(".uuid") && typeof actual === "string")) {
    return actual === undefined ? [`${at}: missing`] : [];
  }
  if (isObject(expected) && isObject(actual)) {
    const extra = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key));
    return [
      ...extra.map((key) => `${at}.${key}: not expected`),
      ...Object.entries(expected).flatMap(([key, value]) =>
        Object.hasOwn(actual, key) ? differences(value, actual[key], `${at}.${key}`) : [`${at}.${key}: missing`],
      ),
    ];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length === 1 && String(expected[0]).endsWith(">…")) {
      return actual.length > 0 ? [] : [`${at}: empty`];
    }
    return expected.length === actual.length
      ? expected.flatMap((item, index) => differences(item, actual[index], `${at}[${index}]`))
      : [`${at}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`];
  }
  return Object.is(expected, actual) ? [] : [`${at}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`];
}

function field(body: unknown, path: string): string {
  let value: unknown = body;
  for (const key of path.split(".")) {
    value = isObject(value) ? value[key] : undefined;
  }
  return String(value);
}

describe("contract with Vault", () => {
  let vault: TestVault | undefined;
  let accepted: readonly RegExp[] = [];
  let address = "";
  const answers = new Map<Exchange, Answer>();
  const variables = new Map<string, string>([
    ["root", "root"],
    ["unknown", "s.unknown"],
  ]);

  beforeAll(async () => {
    // What is left of a token's time is counted in seconds, and none passed between the exchanges that were recorded.
    const now = new Date();
    vault = await startVault({ token: "root", now: () => now });
    address = vault.url;
    const health = (await (await fetch(`${address}/v1/sys/health`)).json()) as Record<string, unknown>;
    // Only HashiCorp's says which edition it is.
    if (Object.hasOwn(health, "enterprise")) accepted = OF_HASHICORP;
    else if (/^2\.[67]\./.test(String(health["version"]))) accepted = OF_OPENBAO_2_7;
    // The exchanges are one recorded session, so their order is part of it: all are played before any is looked at.
    for (const exchange of exchanges) {
      const answer = await ask(exchange);
      answers.set(exchange, answer);
      for (const [name, path] of Object.entries(exchange.save ?? {})) {
        variables.set(name, field(answer.body, path));
      }
    }
  });

  afterAll(() => vault?.close());

  function filledIn(body: unknown): string {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => variables.get(name) ?? "");
  }

  async function ask({ request }: Exchange): Promise<Answer> {
    const token = request.token === null ? undefined : variables.get(request.token);
    const answer = await fetch(`${address}/v1/${request.path}`, {
      method: request.method,
      headers: { ...request.headers, ...(token !== undefined && { "X-Vault-Token": token }) },
      ...(request.body !== undefined && { body: filledIn(request.body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  test("ten versions are kept where nobody says otherwise", async () => {
    const call = async (method: string, path: string, body?: object): Promise<unknown> => {
      const headers = { "X-Vault-Token": "root" };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      return (await fetch(`${address}/v1/${path}`, { method, headers, ...sent })).json();
    };
    for (let i = 1; i <= 12; i++) await call("POST", "secret/data/pushed/out", { data: { i } });
    const { data } = (await call("GET", "secret/metadata/pushed/out")) as { data: { versions: object } };
    expect(Object.keys(data.versions)).toEqual(Array.from({ length: 10 }, (_, i) => `${i + 3}`));
  });

  test.each(exchanges)("$# $what", (exchange) => {
    const { status, body } = answers.get(exchange) ?? {};
    const found = differences(exchange.response.body, body).filter(
      (line) => !accepted.some((known) => known.test(`${exchange.request.path} ${line}`)),
    );
    expect({ status, differences: found }).toStrictEqual({
      status: exchange.response.status,
      differences: [],
    });
  });
});
