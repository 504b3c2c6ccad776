// Floor of a first sync: only the work of the costly generators, on all cores, then the reads of a sync. Arguments: the
// root of the configuration, the environment, the number of bcrypt hashes, the number of RSA keys.
import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { hash } from "@node-rs/bcrypt";
import { parseEnvironment } from "./files.mjs";
import { close, readPrefix } from "./vault.mjs";

const [root, environment, hashes, keys] = process.argv.slice(2);
const { vaultUrl, vaultPath } = parseEnvironment(root, environment);
const times = (count, work) => Array.from({ length: Number(count) }, work);
await Promise.all([
  ...times(hashes, () => hash(randomBytes(32).toString("hex"), { cost: 15, version: "2b" })),
  ...times(keys, () => promisify(generateKeyPair)("rsa", { modulusLength: 2048 })),
]);
await readPrefix(vaultUrl, vaultPath);
close();
