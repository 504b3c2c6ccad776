import type { ConfigOption, SourceOptions } from "../target/load.js";
import type { SyncOptions } from "../target/target-options.js";
import { commandLine } from "../model/shell.js";

/** A command line that can be pasted, with the options that this one was given as far as the next one takes them. */
export function nextCommand(
  words: readonly string[],
  { config, auth, authMount, role, jwtFile, vaultAddress, requireTls }: ConfigOption,
  { secrets, identity, exclude = [] }: SourceOptions = {},
): string {
  const options: readonly (readonly [string, string | undefined])[] = [
    ["--config", config],
    ["--secrets", secrets],
    ["--identity", identity],
    ...exclude.map((name) => ["--exclude", name] as const),
    ["--auth", auth],
    ["--auth-mount", authMount],
    ["--role", role],
    ["--jwt-file", jwtFile],
    ["--vault-address", vaultAddress],
  ];
  const given = options.flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
  return commandLine("phalanx", ...words, ...given, ...(requireTls ? ["--require-tls"] : []));
}

/** What a sync was told to do, as it would be told again. */
export function syncWords(options: SyncOptions): string[] {
  const { deleteClass, includeUnsourced, purge, keep, regenerate, generateAnew } = options;
  return [
    ...(options.delete ? ["--delete"] : []),
    ...(deleteClass === undefined ? [] : ["--delete-class", deleteClass]),
    ...(includeUnsourced ? ["--include-unsourced"] : []),
    ...(options.allowMassDelete ? ["--allow-mass-delete"] : []),
    ...(purge ? ["--purge"] : []),
    ...keep.flatMap((name) => ["--keep", name]),
    ...(regenerate ? ["--regenerate"] : []),
    ...generateAnew.flatMap((name) => ["--generate-anew", name]),
  ];
}
