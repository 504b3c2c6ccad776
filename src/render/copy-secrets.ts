import { printable } from "./printable.js";

/** What a copy from one prefix to another did, or would do. */
export interface CopyReport {
  /** Including mounts. */
  readonly from: string;
  readonly to: string;
  readonly dryRun: boolean;
  readonly copied: readonly string[];
  /** Applications that already have the same values at the new prefix. */
  readonly same: readonly string[];
  /** With a trailing slash. */
  readonly folders: readonly string[];
}

/** One line per name, in the original program's format. */
export function renderCopy({ from, to, dryRun, copied, same, folders }: CopyReport): string {
  const lines = [
    ...copied.map((name) => [name, `${dryRun ? "Would copy" : "Copied"} Vault secret for ${name}`] as const),
    ...same.map((name) => [name, `Vault secret for ${name} is already the same`] as const),
    ...folders.map((name) => [name, `Skipping subdirectory ${name}`] as const),
  ];
  const heading = `${dryRun ? "Would copy" : "Copying"} secrets from ${fromTo(from, to)}`;
  const sorted = lines.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return [heading, ...sorted].map((line) => `${printable(line)}\n`).join("");
}

/** Two prefixes, without their mount if it is the same. */
function fromTo(from: string, to: string): string {
  const mount = from.slice(0, from.indexOf("/") + 1);
  return to.startsWith(mount) ? `${from.slice(mount.length)} to ${to.slice(mount.length)}` : `${from} to ${to}`;
}
