import type { RestorePoint } from "../model/history.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { refId, type SecretRef } from "../model/secret.js";
import { invalidValue } from "../target/invalid-value.js";
import type { TargetOptions } from "../target/target-options.js";

export interface RestoreOptions extends Omit<TargetOptions, "exclude"> {
  readonly run?: string;
  readonly at?: string;
  readonly kvVersion?: string;
  readonly dryRun?: boolean;
  readonly partial?: boolean;
  readonly yes?: boolean;
  readonly allowMassChange?: boolean;
}

/** Which earlier state the options name. */
export function restorePoint({ run: id, at, kvVersion }: RestoreOptions, names: readonly string[]): RestorePoint {
  const given = [id, at, kvVersion].filter((option) => option !== undefined).length;
  if (given !== 1) {
    throw new PhalanxError(diagnostic("restore-point-unclear"));
  }
  if (id !== undefined) return { kind: "run", run: id };
  if (kvVersion !== undefined) {
    if (!/^[1-9]\d{0,8}$/.test(kvVersion)) throw invalidValue("--kv-version", kvVersion, "version");
    if (names.length === 0) throw new PhalanxError(diagnostic("restore-version-of-what"));
    return { kind: "version", version: Number(kvVersion) };
  }
  // Without a zone, a time would mean another moment on every machine.
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
  const time = new Date(at !== undefined && zoned.test(at) ? at : Number.NaN);
  if (Number.isNaN(time.getTime())) throw invalidValue("--at", at ?? "", "time");
  return { kind: "time", time };
}

/** The secrets that are named; undefined: all. */
export function chooser(names: readonly string[]): ((ref: SecretRef) => boolean) | undefined {
  if (names.length === 0) return undefined;
  const chosen = new Set(names);
  return (ref) => chosen.has(ref.application) || (ref.key !== "" && chosen.has(refId(ref)));
}
