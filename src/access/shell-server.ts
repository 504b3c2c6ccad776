import { type Context, variable } from "../terminal/context.js";

/** Whether two addresses are of one server, however they are written. */
export function sameServer(a: string, b: string): boolean {
  return normalAddress(a) === normalAddress(b);
}

/** `URL` writes scheme, host and port in one way; what is left are credentials and slashes at the end. */
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

/** Another server than the configuration's, named by a variable that other programs read together with a credential. */
export interface ShellServer {
  /** Without credentials; undefined if it is not an http or https URL: they could be anywhere in it. */
  readonly address: string | undefined;
  /** The configuration's. */
  readonly url: string;
}

/** The server that the credentials of this shell are for, if a variable says so and it is not `url`. */
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
