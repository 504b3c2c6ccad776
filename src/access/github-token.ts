import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isToken } from "../model/names.js";
import { SecretValue } from "../model/secret-value.js";
import { prescribedProxy } from "../http/proxy.js";
import { type Context, variable } from "../terminal/context.js";

/** A token of the running GitHub Actions job, made for this Vault. */
export async function githubToken(context: Context, audience: string): Promise<SecretValue> {
  const [url, token] = [
    variable(context, "ACTIONS_ID_TOKEN_REQUEST_URL"),
    variable(context, "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
  ];
  if (url === undefined || token === undefined) throw new PhalanxError(diagnostic("auth-token-missing"));
  if (!URL.canParse(url) || !isToken(token)) throw new PhalanxError(diagnostic("github-variables-malformed"));
  const target = new URL(url);
  target.searchParams.set("audience", audience);
  const { openTransport } = await import("../http/transport.js");
  const server = { name: "GitHub", setting: "ACTIONS_ID_TOKEN_REQUEST_URL", authority: "NODE_EXTRA_CA_CERTS" };
  const proxy = prescribedProxy(context.env, target.origin);
  const origin = { url: target.origin, prefix: "", proxy };
  const transport = await openTransport({ server, ...origin, maxConnections: 1, timeout: 30_000 });
  try {
    const { status, body } = await transport.request({
      method: "GET",
      path: `${target.pathname.slice(1)}${target.search}`,
      headers: { authorization: `Bearer ${token}` },
    });
    const value = status === 200 ? valueOf(body) : undefined;
    if (typeof value === "string" && value !== "") return new SecretValue(value);
    throw new PhalanxError(diagnostic("github-token-refused", { status }));
  } finally {
    transport.close();
  }
}

/** The parser's message quotes the body, which may hold the token. */
function valueOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { value?: unknown } | null)?.value;
  } catch {
    return undefined;
  }
}
