import type { ConfigOption, SourceOptions } from "../target/load.js";
import type { SyncOptions } from "../target/target-options.js";
import { commandLine } from "../model/shell.js";

/** The options that say which environment and which Vault, as they were given. */
export function accessWords(options: ConfigOption): string[] {
  const { config, auth, authMount, role, jwtFile, vaultAddress, requireTls } = options;
  const given: readonly (readonly [string, string | undefined])[] = [
    ["--config", config],
    ["--auth", auth],
    ["--auth-mount", authMount],
    ["--role", role],
    ["--jwt-file", jwtFile],
    ["--vault-address", vaultAddress],
  ];
  return [...valued(given), ...(requireTls ? ["--require-tls"] : [])];
}

function valued(options: readonly (readonly [string, string | undefined])[]): string[] {
  return options.flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
}

/** A command line that can be pasted, with the options that this one was given as far as the next one takes them. */
export function nextCommand(
  words: readonly string[],
  options: ConfigOption,
  { secrets = [], identity, exclude = [] }: SourceOptions = {},
): string {
  const sources = valued([
    ...secrets.map((file) => ["--secrets", file] as const),
    ["--identity", identity],
    ...exclude.map((name) => ["--exclude", name] as const),
  ]);
  return commandLine("phalanx", ...words, ...sources, ...accessWords(options));
}

/** What a sync was told to do, as it would be told again. */
export function syncWords(options: SyncOptions): string[] {
  const { names = [], deleteClass, includeUnsourced, purge, keep, regenerate, generateAnew } = options;
  return [
    ...names,
    ...(options.delete ? ["--delete"] : []),
    ...(deleteClass === undefined ? [] : ["--delete-class", deleteClass]),
    ...(includeUnsourced ? ["--include-unsourced"] : []),
    ...(options.partial ? ["--partial"] : []),
    ...(options.allowMassChange ? ["--allow-mass-change"] : []),
    ...(purge ? ["--purge"] : []),
    ...keep.flatMap((name) => ["--keep", name]),
    ...(regenerate ? ["--regenerate"] : []),
    ...generateAnew.flatMap((name) => ["--generate-anew", name]),
  ];
}
