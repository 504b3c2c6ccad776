import { vaultPrefix } from "../model/environment.js";
import type { SettingDiff } from "../model/configuration-diff.js";
import { isBroken, type SideReading } from "./side.js";

type Settings = Readonly<Record<SettingDiff["setting"], string | undefined>>;

/** Whether two environments keep their secrets in the same place in Vault: a renamed one does. */
export function isSamePlace(before: SideReading, after: SideReading): boolean {
  const [old, now] = [settingsOf(before), settingsOf(after)];
  return (
    now.vaultPathPrefix !== undefined && old.vaultUrl === now.vaultUrl && old.vaultPathPrefix === now.vaultPathPrefix
  );
}

/**
 * Compares where an environment keeps its secrets, and where static ones come from. A missing environment has no
 * settings. A setting that the side before lacks because it is broken may have had any value; one that the side after
 * lacks is not compared.
 */
export function diffSettings(before: SideReading, after: SideReading): SettingDiff[] {
  const [old, now] = [settingsOf(before), settingsOf(after)];
  return (Object.keys(now) as SettingDiff["setting"][]).flatMap((setting) => {
    const [was, is] = [old[setting], now[setting]];
    const side = is === undefined ? before : after;
    if (was === is || side === undefined || !isKnown(after, is)) return [];
    // An environment that is new, or gone, was not renamed.
    if (setting === "name" && (was === undefined || is === undefined)) return [];
    const unreadable = isKnown(before, was) ? {} : { beforeUnreadable: true };
    return [{ setting, before: was, after: is, ...unreadable, at: side.position(setting.split(".")) }];
  });
}

function isKnown(side: SideReading, value: string | undefined): boolean {
  return !isBroken(side) || value !== undefined;
}

function settingsOf(side: SideReading): Settings {
  const vault = isBroken(side) ? { url: side.location.url, ...side.location.prefix } : side?.environment.vault;
  const { mount, path } = vault ?? {};
  const { onepassword } = isBroken(side) ? side : (side?.environment ?? {});
  return {
    name: isBroken(side) ? undefined : side?.environment.name,
    vaultUrl: vault?.url,
    vaultPathPrefix: mount === undefined || path === undefined ? undefined : vaultPrefix({ mount, path }),
    "onepassword.connectUrl": onepassword?.connectUrl,
    "onepassword.vaultTitle": onepassword?.vaultTitle,
  };
}
