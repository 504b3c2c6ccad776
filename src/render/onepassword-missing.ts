import { missingName, type MissingInOnepassword } from "../model/onepassword.js";
import { printable } from "./printable.js";

/** What an audit reports instead of anything else: static secrets missing from 1Password. */
export function renderMissingItems(missing: readonly MissingInOnepassword[]): string {
  return `Missing static secrets from 1Password:\n${missing.map((item) => `• ${printable(missingName(item))}\n`).join("")}`;
}

/** The same for programs. */
export function missingResult(environment: string, missing: readonly MissingInOnepassword[]): object {
  return { environment, clean: false, missingInOnepassword: missing };
}
