import { sendJson } from "./client.js";
import type { OnepasswordVault } from "./vault.js";

/** Makes an item whose fields are empty, for a person to fill in. */
export async function createEmptyItem(
  { session, id }: OnepasswordVault,
  title: string,
  labels: readonly string[],
): Promise<void> {
  const item = {
    title,
    category: "SECURE_NOTE",
    vault: { id },
    fields: labels.map((label) => ({ label, type: "CONCEALED", value: "" })),
  };
  const path = `vaults/${encodeURIComponent(id)}/items`;
  await sendJson(
    session,
    { method: "POST", path, body: JSON.stringify(item) },
    `Creating the 1Password item "${title}"`,
  );
}
