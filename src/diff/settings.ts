import { type Environment, vaultPrefix } from "../model/environment.js";
import type { SettingDiff } from "../model/configuration-diff.js";
import type { DiffSide } from "./side.js";

/** Compares where an environment keeps its secrets, and where static ones come from. */
export function diffSettings(before: DiffSide, after: DiffSide): SettingDiff[] {
  const read = (setting: SettingDiff["setting"], of: (environment: Environment) => string | undefined): SettingDiff => {
    const [old, now] = [of(before.environment), of(after.environment)];
    const side = now === undefined ? before : after;
    return { setting, before: old, after: now, at: old === now ? "" : side.position(setting.split(".")) };
  };
  return [
    read("vaultUrl", ({ vault }) => vault.url),
    read("vaultPathPrefix", ({ vault }) => vaultPrefix(vault)),
    read("onepassword.connectUrl", ({ onepassword }) => onepassword?.connectUrl),
    read("onepassword.vaultTitle", ({ onepassword }) => onepassword?.vaultTitle),
  ].filter((each) => each.before !== each.after);
}
