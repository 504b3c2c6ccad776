import { shellWord } from "../model/shell.js";

/** What `phalanx dev-vault` prints once it is running. */
export function renderDevVault({ url, rootToken }: { readonly url: string; readonly rootToken: string }): string {
  return (
    `This is not Vault, but a small server for trying things out and for tests, NOT for production.\n` +
    `What it holds is kept in memory, and gone when it stops.\n\n` +
    `    export VAULT_ADDR=${shellWord(url)}\n    export VAULT_TOKEN=${shellWord(rootToken)}\n\nPress Ctrl-C to stop.\n`
  );
}
