import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { Encrypter } from "age-encryption";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AddressInfo } from "node:net";
import { type Finished, phalanxHere, ROOT } from "./support/cli.js";
import { CANARY, type Written, writings } from "./support/encodings.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { yamlOf } from "./support/hostile-text.js";
import { openKv } from "./support/kv.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

/** A text within a document of any encoding is in Vault as the same UTF-8, or the document is refused. */
const inputs = counter("documents in some encoding");
const IDENTITY = `${ROOT}test/fixtures/encrypted/identity.txt`;
const RECIPIENT = "age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre";
let vault: TestVault;
let connect: Server;
let tree: TestTree;
/** What 1Password answers about the item. */
let item: Buffer;

beforeAll(async () => {
  vault = await startVault();
  connect = createServer(({ url = "" }, response) => {
    const list = url.includes("/items") ? [{ id: "i", title: "app", version: 1 }] : [{ id: "v", name: "Secrets" }];
    response.setHeader("content-type", "application/json");
    response.end(/\/items\/i/.test(url) ? item : JSON.stringify(list));
  });
  await new Promise<void>((done) => void connect.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(connect.address() as AddressInfo).port}`;
  tree = await makeTree(
    environmentFiles(
      vault.url,
      { app: { secrets: "s: {description: x}\n" } },
      {
        "environments/values-connect.yaml": `vaultUrl: ${vault.url}\nvaultPathPrefix: secret/phalanx/connect\napplications: {app: true}\nonepassword: {connectUrl: "${url}", vaultTitle: Secrets}\n`,
        "environments/values-encoded.yaml": `vaultUrl: ${vault.url}\nvaultPathPrefix: secret/phalanx/encoded\napplications: {app: true}\nonepassword: {connectUrl: "${url}", vaultTitle: Secrets}\n`,
        "applications/app/secrets-encoded.yaml": "s: {description: x, onepassword: {encoded: true}}\n",
        "environments/values-written.yaml": `vaultUrl: ${vault.url}\nvaultPathPrefix: secret/phalanx/written\napplications: {written: true}\n`,
        "applications/written/Chart.yaml": "name: written\n",
        editor: '#!/bin/sh\ncp "$HOME/edited" "$1"\n',
      },
    ),
  );
  await writeFile(join(tree.root, "start.age"), await sealed(Buffer.from("applications: {}\n")), { mode: 0o600 });
});
afterAll(async () => {
  inputs.report();
  connect.close();
  connect.closeAllConnections();
  await Promise.all([vault.close(), tree.remove()]);
});

async function sealed(content: Buffer): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(RECIPIENT);
  return Buffer.from(await encrypter.encrypt(content));
}

const at = (name: string): string => join(tree.root, name);
const put = (name: string, content: Buffer): Promise<void> => writeFile(at(name), content, { mode: 0o600 });
const run = (...args: string[]): Promise<Finished> =>
  phalanxHere(["secrets", ...args], {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken, OP_CONNECT_TOKEN: "t", HOME: tree.root, EDITOR: `sh ${at("editor")}` },
  });

const statics = (text: string): string => `applications: {app: {s: {value: ${yamlOf(text)}}}}\n`;
const sync = (file: string): Promise<Finished> =>
  run("sync", "test", "--secrets", file, ...(file.endsWith(".age") ? ["--identity", IDENTITY] : []));

/** A way in for documents: how a value is written in one, and how it gets to Vault. */
interface Way {
  readonly document: (text: string) => string;
  readonly bring: (bytes: Buffer) => Promise<Finished>;
  readonly environment?: string;
  /** What names it in an error; its own name if nothing is said. */
  readonly place?: string;
}

const WAYS: Readonly<Record<string, Way>> = {
  "static.yaml": {
    document: statics,
    bring: async (bytes) => put("static.yaml", bytes).then(() => sync("static.yaml")),
  },
  "static.age": {
    document: statics,
    bring: async (bytes) => put("static.age", await sealed(bytes)).then(() => sync("static.age")),
  },
  "edited.age": {
    document: statics,
    bring: async (bytes) => {
      await Promise.all([put("edited.age", await readFile(at("start.age"))), put("edited", bytes)]);
      const edited = await run("edit", "test", "edited.age", "--identity", IDENTITY);
      if (edited.exit !== 0) return edited;
      const synced = await sync("edited.age");
      return { ...synced, stderr: edited.stderr + synced.stderr };
    },
  },
  "applications/written/secrets.yaml": {
    environment: "written",
    document: (text) => `s: {description: x, value: ${yamlOf(text)}}\n`,
    bring: async (bytes) => put("applications/written/secrets.yaml", bytes).then(() => run("sync", "written")),
  },
  "1Password": {
    environment: "connect",
    document: (text) => `{"id": "i", "version": 1, "fields": [{"label": "s", "value": ${yamlOf(text)}}]}`,
    bring: (bytes) => {
      item = bytes;
      return run("sync", "connect");
    },
  },
  "1Password, in base64": {
    environment: "encoded",
    place: "app/s",
    document: (text) => text,
    bring: (bytes) => {
      item = Buffer.from(`{"id": "i", "fields": [{"label": "s", "value": "${bytes.toString("base64")}"}]}`);
      return run("sync", "encoded");
    },
  },
};

/** What is taken for UTF-8, but for halves of a surrogate pair, that no UTF-8 can be. */
const isText = ({ how, text }: Written): boolean =>
  !how.startsWith("UTF-16") && how !== "Latin-1" && text?.isWellFormed() === true;

test.each(Object.keys(WAYS))("%s", { timeout: patience(30_000) }, async (name) => {
  const { document, bring, environment = "test", place = name } = WAYS[name] as Way;
  const kv = openKv(vault.url, vault.rootToken, `secret/phalanx/${environment}`);
  const application = environment === "written" ? "written" : "app";
  await fc.assert(
    fc.asyncProperty(writings(document), async (written) => {
      // Nothing escapes it there, and no UTF-8 holds it.
      fc.pre(environment !== "encoded" || written.text?.isWellFormed() !== false);
      inputs.count();
      await kv.put(application, { s: "before" });
      const { exit, stdout, stderr } = await bring(written.bytes);
      expect(stdout + stderr).not.toContain(CANARY);
      expect(stdout + stderr).not.toMatch(/\uFFFD|^ {2,}at /m);
      const stored = (await kv.get(application))?.["s"];
      if (exit !== 0) {
        const text = isText(written) && !(written.how === "UTF-8 with a mark" && name === "1Password");
        expect({ exit, stored, stderr, text }).toMatchObject({ exit: 2, stored: "before", text: false });
        expect(stderr).toMatch(/^Error: /m);
        expect(stderr).toContain(place);
        if (written.how.startsWith("UTF-16") && !name.startsWith("1Password"))
          expect(stderr).toContain(`${name}: is UTF-16`);
        return;
      }
      // A mark at its beginning belongs to no value of 1Password, where nobody writes one on purpose.
      const whole = written.how === "UTF-8 with a mark" && environment === "encoded";
      const value = name.startsWith("1Password") && !whole ? written.text?.replace(/^\uFEFF/, "") : written.text;
      expect([stored, isText(written)]).toEqual([value, true]);
      // One in the configuration is a part of no value.
      const marked = value !== written.text || (written.how === "UTF-8 with a mark" && environment !== "written");
      expect(stderr.includes("byte order mark")).toBe(marked);
    }),
    fuzz(15),
  );
});
