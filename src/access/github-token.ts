import { PhalanxError } from "../errors.js";
import { prescribedProxy } from "../http/proxy.js";
import { type Context, variable } from "../terminal/context.js";
import { held } from "./held.js";

/** A token of the running GitHub Actions job, made for this Vault. */
export async function githubToken(context: Context, audience: string): Promise<string> {
  const [url, token] = [
    variable(context, "ACTIONS_ID_TOKEN_REQUEST_URL"),
    variable(context, "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
  ];
  if (url === undefined || token === undefined) {
    throw new PhalanxError("--auth jwt has no token", {
      hint: "Give it with --jwt-file FILE; in GitHub Actions, the job needs the permission id-token: write.",
    });
  }
  if (!URL.canParse(url) || !/^[\x21-\x7e]+$/.test(token)) {
    throw new PhalanxError("ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not what GitHub sets", {
      hint: "Leave them as the runner sets them, or give the token with --jwt-file FILE.",
    });
  }
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
    if (typeof value === "string" && value !== "") return held(value);
    throw new PhalanxError(`GitHub gave no token for this job (status ${status})`, {
      hint: "The job needs the permission id-token: write.",
    });
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
