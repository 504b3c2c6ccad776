// Floor of an audit with 1Password: find the vault, list its items, get them in parallel, then read Vault.
// Arguments: the root of the configuration, the environment, the URL of 1Password Connect, the title of the vault.
import { parseEnvironment } from "./files.mjs";
import { close, get, readPrefix } from "./vault.mjs";

const [root, environment, connect, title] = process.argv.slice(2);
const { vaultUrl, vaultPath } = parseEnvironment(root, environment);
const headers = { authorization: `Bearer ${process.env.OP_CONNECT_TOKEN}` };
const filter = encodeURIComponent(`name eq "${title}"`);
const [{ id }] = await get(connect, `/v1/vaults?filter=${filter}`, headers);
const items = await get(connect, `/v1/vaults/${id}/items`, headers);
await Promise.all(items.map((item) => get(connect, `/v1/vaults/${id}/items/${item.id}`, headers)));
await readPrefix(vaultUrl, vaultPath);
close();
