import type { ConfigOption, SourceOptions } from "../target/load.js";
import type { SyncOptions } from "../target/target-options.js";
import { commandLine } from "../model/shell.js";

/** The options that select the environment and the Vault, as given. */
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

/** What no later command can read again: standard input, and pipes from a shell. */
const PASSING = /^(-|\/dev\/(fd|stdin).*|\/proc\/.*)$/;

/** The files that a later command can read too. */
export function lasting(files: readonly string[]): string[] {
  return files.filter((file) => !PASSING.test(file));
}

/** The command as typed, without some options that take a value, and with words appended. */
export function retyped(typed: readonly string[], without: readonly string[], ...words: readonly string[]): string {
  const kept = typed.filter(
    (word, at) =>
      !without.some((option) => word === option || word.startsWith(`${option}=`)) &&
      !without.includes(typed[at - 1] ?? ""),
  );
  return commandLine("phalanx", ...kept, ...words);
}

/** Where a run's static secrets came from, for the command that undoes it; empty if they came from a pipe. */
export function undoSourceWords({ secrets = [], identity }: SourceOptions): string[] {
  if (secrets.length === 0 || secrets.some((file) => PASSING.test(file))) return [];
  return sourceWords({ secrets, ...(identity !== undefined && { identity }) });
}

function sourceWords({ secrets = [], identity, exclude = [] }: SourceOptions): string[] {
  return valued([
    ...secrets.map((file) => ["--secrets", file] as const),
    ["--identity", identity],
    ...exclude.map((name) => ["--exclude", name] as const),
  ]);
}

/** The words of another command, with this command's options as far as that one accepts them. */
export function nextWords(words: readonly string[], options: ConfigOption, sources: SourceOptions = {}): string[] {
  return [...words, ...sourceWords(sources), ...accessWords(options)];
}

/** The same as a line to paste. */
export function nextCommand(words: readonly string[], options: ConfigOption, sources: SourceOptions = {}): string {
  return commandLine("phalanx", ...nextWords(words, options, sources));
}

/** The same command for a single leftover, which it deletes. */
export function deletionOf(
  command: "plan" | "sync",
  environment: string,
  options: ConfigOption & SourceOptions,
): (name: string) => string {
  return (name) => nextCommand(["secrets", command, environment, name, "--delete"], options, options);
}

/** The options of a sync, as they would be typed again. */
export function syncWords(options: SyncOptions): string[] {
  const { names = [], deleteClass, includeUnsourced, purge, keep, regenerate, generateAnew, adopt } = options;
  return [
    ...names,
    ...(options.assumeEmpty ? ["--assume-empty"] : []),
    ...(options.delete ? ["--delete"] : []),
    ...(deleteClass === undefined ? [] : ["--delete-class", deleteClass]),
    ...(includeUnsourced ? ["--include-unsourced"] : []),
    ...(options.partial ? ["--partial"] : []),
    ...(options.allowMassChange ? ["--allow-mass-change"] : []),
    ...(purge ? ["--purge"] : []),
    ...keep.flatMap((name) => ["--keep", name]),
    ...(regenerate ? ["--regenerate"] : []),
    ...(adopt ? ["--adopt"] : []),
    ...generateAnew.flatMap((name) => ["--generate-anew", name]),
  ];
}
