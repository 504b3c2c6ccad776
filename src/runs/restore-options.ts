import type { AskedPoint, RestorePoint } from "../model/history.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { refId, type SecretRef } from "../model/secret.js";
import { invalidValue } from "../target/invalid-value.js";
import { momentOf } from "../target/moment.js";
import type { TargetOptions } from "../target/target-options.js";

export interface RestoreOptions extends Omit<TargetOptions, "exclude"> {
  readonly run?: string;
  readonly last?: boolean;
  readonly at?: string;
  readonly kvVersion?: string;
  readonly dryRun?: boolean;
  readonly partial?: boolean;
  readonly adopt?: boolean;
  readonly yes?: boolean;
  readonly allowMassChange?: boolean;
}

/** The earlier state that the options name. */
export function restorePoint(
  environment: string,
  { run: id, last, at, kvVersion }: RestoreOptions,
  names: readonly string[],
): AskedPoint {
  const given = [id, last, at, kvVersion].filter((option) => option !== undefined).length;
  if (given !== 1) {
    throw new PhalanxError(diagnostic("restore-point-unclear", {}, { subject: { environment } }));
  }
  if (last || id === "latest") return { kind: "last-run" };
  if (id !== undefined) return { kind: "run", run: id };
  if (kvVersion === undefined) return { kind: "moment", moment: momentOf("--at", at ?? "", names) };
  if (kvVersion !== "latest" && !/^[1-9]\d{0,8}$/.test(kvVersion))
    throw invalidValue("--kv-version", kvVersion, "version");
  if (names.length === 0) throw new PhalanxError(diagnostic("restore-version-of-what"));
  return { kind: "version", version: kvVersion === "latest" ? kvVersion : Number(kvVersion) };
}

/** The command as typed, with the run or the time that was meant: later, the same words may mean another. */
export function pinned(typed: readonly string[], point: RestorePoint | undefined): readonly string[] {
  if (point?.kind === "time") {
    const time = point.time.toISOString();
    return typed.map((word, at) =>
      word.startsWith("--at=") ? `--at=${time}` : typed[at - 1] === "--at" ? time : word,
    );
  }
  if (point?.kind !== "run") return typed;
  return typed.flatMap((word, at) => {
    if (word === "--last") return ["--run", point.run];
    if (word === "--run=latest") return [`--run=${point.run}`];
    return word === "latest" && typed[at - 1] === "--run" ? [point.run] : [word];
  });
}

/** The named secrets; undefined: all. */
export function chooser(names: readonly string[]): ((ref: SecretRef) => boolean) | undefined {
  if (names.length === 0) return undefined;
  const chosen = new Set(names);
  return (ref) => chosen.has(ref.application) || (ref.key !== "" && chosen.has(refId(ref)));
}
