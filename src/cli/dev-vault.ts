import { startDevVault } from "../dev-vault/index.js";
import { ExitCode, PhalanxError } from "../errors.js";
import { type Context, warn } from "../terminal/context.js";
import { isLoopback } from "../http/no-proxy.js";
import { isToken } from "../model/names.js";
import { shellWord } from "../model/shell.js";

export interface DevVaultCommandOptions {
  readonly listen: string;
  readonly token?: string;
  readonly iKnowThisIsNotVault?: boolean;
}

/** `phalanx dev-vault`: runs the embedded server until it is interrupted. */
export async function run(context: Context, options: DevVaultCommandOptions): Promise<ExitCode> {
  const listen = parseListen(context, options);
  if (options.token !== undefined && !isToken(options.token)) {
    throw new PhalanxError("--token is empty or holds characters that no token has", {
      hint: "Leave it out for a random one.",
    });
  }
  const server = await startDevVault({
    listen,
    ...(options.token === undefined ? {} : { token: options.token }),
    now: context.now,
  }).catch((error: unknown) => {
    throw startFailure(error, options);
  });
  // Before it says that it runs: who reads that may stop it at once.
  const interrupted = context.interrupted();
  context.stdout.write(
    `This is not Vault: a small server for trying things out and for tests, NOT for production.\n` +
      `What it holds is kept in memory, and gone when it stops.\n\n` +
      `    export VAULT_ADDR=${shellWord(server.url)}\n    export VAULT_TOKEN=${shellWord(server.rootToken)}\n\nPress Ctrl-C to stop.\n`,
  );
  await interrupted;
  await server.close();
  return ExitCode.ok;
}

function startFailure(error: unknown, { listen }: DevVaultCommandOptions): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  return new PhalanxError(`Cannot listen on ${listen} (${code})`, {
    hint:
      code === "EADDRINUSE"
        ? "Something else listens there; choose another port, or 0 for a free one."
        : "Check --listen.",
    cause: error,
  });
}

function parseListen(
  context: Context,
  { listen: text, iKnowThisIsNotVault }: DevVaultCommandOptions,
): { host: string; port: number; localNamesOnly?: boolean } {
  const match = /^(?:(\[[^\]]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text);
  const [host, port] = [(match?.[1] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), Number(match?.[2])];
  if (match === null || port > 65_535) {
    throw new PhalanxError(`--listen ${text} is no HOST:PORT`, {
      hint: "Write it as in 127.0.0.1:8200; port 0 takes a free one.",
    });
  }
  if (isLoopback(host)) return { host, port, localNamesOnly: true };
  if (!iKnowThisIsNotVault) {
    throw new PhalanxError(`--listen ${text}: this server only listens on this machine (127.0.0.1, ::1, localhost)`, {
      hint: "It is no Vault: it encrypts nothing and its root token is printed. For a network where that does not matter, add --i-know-this-is-not-vault.",
    });
  }
  warn(context, `whoever can reach ${text} can try the root token, and read on the way whatever is sent`);
  return { host, port };
}
