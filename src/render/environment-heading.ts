import { type Environment, vaultPrefix } from "../model/environment.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";

/** The first line of a report on one environment: `what` it is, and where the environment is in Vault. */
export function environmentHeading(what: string, { name, vault }: Environment, style: Style): string {
  return `${style.bold(printable(`${what} ${name}`))}, ${printable(`${vaultPrefix(vault)} at ${vault.url}`)}\n`;
}
