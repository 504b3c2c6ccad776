// Floor of a sync without changes. Arguments: the root of the configuration, the environment.
import { parseEnvironment } from "./files.mjs";
import { close, readPrefix } from "./vault.mjs";

const [root, environment] = process.argv.slice(2);
const { vaultUrl, vaultPath } = parseEnvironment(root, environment);
await readPrefix(vaultUrl, vaultPath);
close();
