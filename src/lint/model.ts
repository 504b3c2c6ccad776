import type { DeclaredApplication } from "../config/application.js";
import type { PartialLocation } from "../config/vault-location.js";
import type { EnvironmentSettings } from "../config/environment-settings.js";
import type { Application } from "../model/environment.js";
import type { Place } from "../model/diagnostic.js";
import type { Position } from "../yaml/position.js";
import type { WrittenSecret } from "../model/written-secret.js";
import { type LintFile, placeIn, type TextFile } from "./file.js";

/** One entry of one `secrets.yaml` or `secrets-ENV.yaml` that passed the schema. */
export interface Entry {
  readonly application: string;
  readonly key: string;
  readonly written: WrittenSecret;
  readonly file: LintFile;
}

/** An application's `secrets.yaml`, or one of its `secrets-ENV.yaml`. */
export interface SecretsFile {
  readonly file: LintFile;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** All files of an application, whether or not anything enables it. */
export interface LintApplication {
  readonly name: string;
  readonly values: LintFile | undefined;
  /** By the environment in the name. */
  readonly valuesOf: ReadonlyMap<string, LintFile>;
  readonly secrets: SecretsFile | undefined;
  readonly secretsOf: ReadonlyMap<string, SecretsFile>;
  /** The paths of misnamed files, which nothing reads. */
  readonly misnamed: ReadonlySet<string>;
  /** Helm templates, including those of its subcharts; undefined if they are not checked. */
  readonly templates: readonly TextFile[] | undefined;
  readonly chart: string;
  /** In code point order. */
  readonly enabledIn: readonly string[];
}

export interface Deployed {
  readonly application: LintApplication;
  /** Its merged values. */
  readonly values: DeclaredApplication["values"];
  /** The entries that apply here, by key. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly resolved: Application;
  /** Whether any of its files is broken here, so that a missing element proves nothing. */
  readonly unsure: boolean;
}

/** An environment with readable settings. */
export interface LintEnvironment {
  readonly name: string;
  readonly settings: EnvironmentSettings;
  /** By application, in code point order. */
  readonly deployed: ReadonlyMap<string, Deployed>;
}

/** Where an environment's secrets are, even if its other settings are wrong. */
export interface Location {
  readonly environment: string;
  readonly location: PartialLocation;
  /** Called only if there is something to report, since the file is parsed once more for it. */
  readonly place: () => Place;
}

/** The whole configuration, every file read once. */
export interface LintModel {
  /** In code point order, including those with broken settings. */
  readonly names: readonly string[];
  readonly environments: readonly LintEnvironment[];
  readonly locations: readonly Location[];
  readonly applications: readonly LintApplication[];
}

export function placeOf({ file, key }: Entry, at: readonly string[] = [], what: "key" | "value" = "value"): Position {
  return placeIn(file, [key, ...at], at.length === 0 ? "key" : what);
}

/** Every entry of every file of an application. */
export function allEntries({ secrets, secretsOf }: LintApplication): Entry[] {
  return [...(secrets ? [secrets] : []), ...secretsOf.values()].flatMap(({ entries }) => [...entries.values()]);
}

export function allValues({ values, valuesOf }: LintApplication): LintFile[] {
  return [...(values ? [values] : []), ...valuesOf.values()];
}
