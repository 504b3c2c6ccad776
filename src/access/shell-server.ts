import { type Context, variable } from "../terminal/context.js";

/** Whether two addresses name the same server, however they are written. */
export function sameServer(a: string, b: string): boolean {
  return normalAddress(a) === normalAddress(b);
}

/** `URL` normalises scheme, host and port; that leaves credentials and trailing slashes. */
function normalAddress(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.username = "";
  url.password = "";
  const { href } = url;
  let end = href.length;
  while (href[end - 1] === "/") end -= 1;
  return href.slice(0, end);
}

/** A server other than the configuration's, named by a variable that other programs read together with a credential. */
export interface ShellServer {
  /**
   * Without credentials; undefined unless it is an http or https URL, because otherwise they could be anywhere in it.
   */
  readonly address: string | undefined;
  /** The configuration's. */
  readonly url: string;
}

/** The server that this shell's credentials are for, if a variable names one other than `url`. */
export function shellServer(
  context: Pick<Context, "env">,
  name: "VAULT_ADDR" | "OP_CONNECT_HOST",
  url: string,
): ShellServer | undefined {
  const written = variable(context, name);
  if (written === undefined || sameServer(written, url)) return undefined;
  const address =
    URL.canParse(written) && /^https?:$/.test(new URL(written).protocol) ? normalAddress(written) : undefined;
  return { address, url };
}
