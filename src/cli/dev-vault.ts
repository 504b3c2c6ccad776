import { startDevVault } from "../dev-vault/index.js";
import { ExitCode, PhalanxError } from "../errors.js";
import { type Context, notify } from "../terminal/context.js";
import { isLoopback } from "../http/no-proxy.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { renderDevVault } from "../render/dev-vault.js";
import { isToken } from "../model/names.js";

export interface DevVaultCommandOptions {
  readonly listen: string;
  readonly token?: string;
  readonly iKnowThisIsNotVault?: boolean;
}

/** `phalanx dev-vault`: runs the embedded server until it is interrupted. */
export async function run(context: Context, options: DevVaultCommandOptions): Promise<ExitCode> {
  const listen = parseListen(context, options);
  if (options.token !== undefined && !isToken(options.token)) {
    throw new PhalanxError(diagnostic("dev-vault-token-invalid"));
  }
  const server = await startDevVault({
    listen,
    ...(options.token === undefined ? {} : { token: options.token }),
    now: context.now,
  }).catch((error: unknown) => {
    throw startFailure(error, options);
  });
  // Before it reports that it runs: the reader may stop it at once.
  const interrupted = context.interrupted();
  context.stdout.write(renderDevVault(server));
  await interrupted;
  await server.close();
  return ExitCode.ok;
}

function startFailure(error: unknown, { listen }: DevVaultCommandOptions): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  return new PhalanxError(diagnostic("listen-failed", { address: listen, reason: code }), { cause: error });
}

function parseListen(
  context: Context,
  { listen: text, iKnowThisIsNotVault }: DevVaultCommandOptions,
): { host: string; port: number; localNamesOnly?: boolean } {
  const match = /^(?:(\[[^\]]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text);
  const [host, port] = [(match?.[1] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), Number(match?.[2])];
  if (match === null || port > 65_535) {
    const details = { option: "--listen", given: text, expected: "host-and-port" } as const;
    throw new PhalanxError(diagnostic("option-value-invalid", details));
  }
  if (isLoopback(host)) return { host, port, localNamesOnly: true };
  if (!iKnowThisIsNotVault) throw new PhalanxError(diagnostic("listen-address-refused", { address: text }));
  notify(context, diagnostic("listen-address-public", { address: text }));
  return { host, port };
}
