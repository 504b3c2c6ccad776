import type { RestorePoint } from "../model/history.js";
import { PhalanxError } from "../errors.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { TargetOptions } from "../target/target-options.js";

export interface RestoreOptions extends Omit<TargetOptions, "exclude"> {
  readonly run?: string;
  readonly at?: string;
  readonly kvVersion?: string;
  readonly dryRun?: boolean;
  readonly partial?: boolean;
  readonly yes?: boolean;
}

/** Which earlier state the options name. */
export function restorePoint({ run: id, at, kvVersion }: RestoreOptions, names: readonly string[]): RestorePoint {
  const given = [id, at, kvVersion].filter((option) => option !== undefined).length;
  if (given !== 1) {
    throw new PhalanxError("Exactly one of --run, --at and --kv-version says what comes back", {
      hint: "phalanx secrets history ENV shows runs, times and versions.",
    });
  }
  if (id !== undefined) return { kind: "run", run: id };
  if (kvVersion !== undefined) {
    if (!/^[1-9]\d{0,8}$/.test(kvVersion))
      throw new PhalanxError(`--kv-version ${kvVersion} is no version`, { hint: "It is a number from 1." });
    if (names.length === 0)
      throw new PhalanxError("--kv-version needs the applications that it is about", {
        hint: "Each application counts its own versions; name them as APP or APP/KEY.",
      });
    return { kind: "version", version: Number(kvVersion) };
  }
  // Without a zone, a time would mean another moment on every machine.
  const time = new Date(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(at ?? "") ? (at ?? "") : Number.NaN,
  );
  if (Number.isNaN(time.getTime()))
    throw new PhalanxError(`--at ${at} is no time`, { hint: "Write it with its zone, as in 2026-11-24T07:00:00Z." });
  return { kind: "time", time };
}

/** The secrets that are named; undefined: all. */
export function chooser(names: readonly string[]): ((ref: SecretRef) => boolean) | undefined {
  if (names.length === 0) return undefined;
  const chosen = new Set(names);
  return (ref) => chosen.has(ref.application) || (ref.key !== "" && chosen.has(refId(ref)));
}
