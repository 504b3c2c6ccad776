import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BIN, ROOT } from "./support/cli.js";
import { worldsForEach } from "./support/world.js";

/** A value that no UTF-8 can be would be another one in Vault: it is refused where it comes in. */
const open = worldsForEach();
const FIXTURES = `${ROOT}test/fixtures/encrypted`;
const APPLICATIONS = { app: { secrets: "s: {description: x}\n" } };

test("a static secrets file with half of a surrogate pair in a value", async () => {
  const text = 'applications: {app: {s: {value: "a\\ud800b"}}}\n';
  const world = await open(APPLICATIONS, { "static.yaml": text });
  expect(await world.run(["secrets", "sync", "test", "--secrets", "static.yaml"])).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: expect.stringContaining(
      "static.yaml:1:33: an escape sequence for half of a surrogate pair: it is not text",
    ),
  });
  expect(await world.kv.get("app")).toBeUndefined();
});

test("both halves of a surrogate pair become the character that they stand for", async () => {
  const text = 'applications: {app: {s: {value: "\\ud83d\\ude00"}}}\n';
  const world = await open(APPLICATIONS, { "static.yaml": text });
  expect(await world.run(["secrets", "sync", "test", "--secrets", "static.yaml"])).toMatchObject({ exit: 0 });
  expect(await world.kv.get("app")).toEqual({ s: "😀" });
});

/** A static secrets file that is none as it stands, and what is said of it. */
async function refusal(content: Uint8Array, name = "static.yaml"): Promise<string> {
  const world = await open(APPLICATIONS);
  await writeFile(join(world.tree.root, name), content, { mode: 0o600 });
  const identity = `${FIXTURES}/identity.txt`;
  const finished = await world.run(["secrets", "sync", "test", "--secrets", name, "--identity", identity]);
  expect(finished).toMatchObject({ exit: 2, stdout: "" });
  expect(await world.kv.get("app")).toBeUndefined();
  return finished.stderr;
}

const TEXT = "applications: {app: {s: {value: pässword}}}\n";
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le");

test.each([
  ["Latin-1", Buffer.from(TEXT, "latin1"), "static.yaml: is not UTF-8"],
  ["UTF-16", utf16(TEXT), "static.yaml: is UTF-16, not UTF-8"],
  ["UTF-16 without its mark", Buffer.from("a: b", "utf16le"), "static.yaml: is UTF-16LE, not UTF-8"],
])("a static secrets file in %s", async (_, content, said) => {
  expect(await refusal(content)).toContain(`Error: ${said}\n`);
});

test("an age file that was saved as text", async () => {
  const armoured = await readFile(`${FIXTURES}/to-one.armoured.age`, "utf8");
  const binary = await readFile(`${FIXTURES}/to-one.age`, "latin1");
  const said = (encoding: string): string => `Error: s.age is encrypted with age, but was saved as ${encoding} text\n`;
  expect(await refusal(utf16(armoured), "s.age")).toBe(
    `${said("UTF-16")}Hint: Convert it back: iconv -f UTF-16 -t UTF-8 s.age > NEW\n`,
  );
  for (const [bytes, encoding] of [
    [Buffer.from(binary, "utf8"), "UTF-8"],
    [Buffer.from(`\uFEFF${binary}`, "utf8"), "UTF-8"],
    [utf16(binary), "UTF-16"],
  ] as const)
    expect(await refusal(bytes, "s.age")).toMatch(new RegExp(`^${said(encoding)}Hint: This cannot be undone\\..*\n$`));
});

test("an armoured age file with a byte order mark is opened", async () => {
  const armoured = await readFile(`${FIXTURES}/to-one.armoured.age`, "utf8");
  const world = await open(
    { portal: { secrets: "map-tiles-key: {description: x}\n" } },
    { "s.age": `\uFEFF${armoured}` },
  );
  const identity = `${FIXTURES}/identity.txt`;
  const finished = await world.run(["secrets", "sync", "test", "--secrets", "s.age", "--identity", identity]);
  expect(finished).toMatchObject({ exit: 0 });
  expect(await world.kv.get("portal")).toMatchObject({ "map-tiles-key": expect.stringContaining("fake-") });
});

test("a file that sops encrypted in a format other than YAML", async () => {
  const { sops } = JSON.parse(await readFile(`${FIXTURES}/sops.json`, "utf8")) as { sops: object };
  const whole = JSON.stringify({ data: "ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]", sops });
  expect(await refusal(Buffer.from(whole))).toBe(
    "Error: static.yaml was encrypted as a whole, with the SOPS binary store: it is not YAML\n" +
      "Hint: Decrypt it: (umask 077; sops -d --input-type binary --output-type binary static.yaml > FILE), and give that, or encrypt it again under a name that ends in .yaml.\n",
  );
  expect(await refusal(Buffer.from("S=ENC[AES256_GCM,data:x]\nsops_mac=ENC[AES256_GCM,data:x]\n"))).toContain(
    "Error: static.yaml was encrypted with the SOPS dotenv store: it is not YAML\n",
  );
  expect(await refusal(Buffer.from("[DEFAULT]\ns = ENC[x]\n\n[sops]\nmac = ENC[x]\n"))).toContain(
    "Error: static.yaml was encrypted with the SOPS INI store: it is not YAML\n",
  );
});

test("an identity file in UTF-16", async () => {
  const world = await open(APPLICATIONS);
  const files = { "s.age": await readFile(`${FIXTURES}/to-one.age`), "key.txt": utf16("AGE-SECRET-KEY-1X\n") };
  for (const [name, content] of Object.entries(files)) await writeFile(join(world.tree.root, name), content);
  expect(await world.run(["secrets", "sync", "test", "--secrets", "s.age", "--identity", "key.txt"])).toMatchObject({
    exit: 2,
    stderr: "Error: key.txt: is UTF-16, not UTF-8\nHint: Save it in UTF-8: iconv -f UTF-16 -t UTF-8 key.txt > NEW\n",
  });
});

test("values in a file that are probably wrong: a trailing newline, a PEM on one line", async () => {
  const pem = "-----BEGIN PRIVATE KEY----- fake -----END PRIVATE KEY-----";
  const world = await open(
    { app: { secrets: "s: {description: x}\nt: {description: x}\nu: {description: x}\n" } },
    {
      "static.yaml": `\uFEFFapplications:\n  app:\n    s:\n      value: |\n        hunter2\n    t: {value: ${pem}}\n    u:\n      value: |\n        two\n        lines\n`,
    },
  );
  expect(await world.run(["secrets", "sync", "test", "--secrets", "static.yaml"])).toMatchObject({
    exit: 0,
    stderr: expect.stringContaining(
      [
        "static.yaml: begins with a byte order mark, which was ignored",
        'Warning: static.yaml:4:7: app/s: the value ends in a newline. If it is not part of the value, write "value: |-" and not "value: |".',
        'Warning: static.yaml:6:9: app/t: the value is a PEM on one line, which most programs cannot read. Write "value: |", and below it the lines of the PEM, each indented.',
        "",
      ].join("\n"),
    ),
  });
});

/** `secrets set` in a process of its own, with these bytes on its standard input. */
async function setTo(
  input: Buffer,
  ...options: readonly string[]
): Promise<{ exit: unknown; stderr: string; stored: unknown }> {
  const world = await open(APPLICATIONS);
  const finished = await new Promise<{ exit: unknown; stderr: string }>((done) => {
    const env = { PATH: process.env["PATH"] ?? "", ...world.env };
    const args = [BIN, "secrets", "set", "test", "app/s", ...options];
    const child = execFile(process.execPath, args, { cwd: world.tree.root, env }, (error, _, stderr) =>
      done({ exit: error === null ? 0 : error.code, stderr }),
    );
    child.stdin?.end(input);
  });
  return { ...finished, stored: await world.kv.get("app") };
}

test.each([
  ["Latin-1", Buffer.from("p\xe4ssword", "latin1"), "Standard input is not UTF-8"],
  ["UTF-16", utf16("password"), "Standard input is UTF-16, not UTF-8"],
  ["UTF-16 without its mark", Buffer.from("password", "utf16le"), "Standard input is UTF-16LE, not UTF-8"],
])("standard input in %s", async (_, input, said) => {
  const finished = await setTo(input);
  expect(finished).toMatchObject({ exit: 2, stored: undefined });
  expect(finished.stderr).toContain(`Error: ${said}\n`);
});

test.each([
  [
    "a byte order mark",
    "\uFEFFx",
    [],
    "x",
    "A byte order mark at the beginning of the input was removed; --raw keeps it.\n",
  ],
  ["a byte order mark with --raw", "\uFEFFx", ["--raw"], "\uFEFFx", ""],
  ["an empty line at the end", "x\n\n", [], "x\n", "Warning: the value ends in a newline. "],
  ["a newline with --raw", "x\n", ["--raw"], "x\n", ""],
  ["a PEM on one line", "-----BEGIN X----- y\n", [], "-----BEGIN X----- y", "Warning: the value is a PEM on one line"],
])("standard input with %s", async (_, input, options, stored, said) => {
  const finished = await setTo(Buffer.from(input), ...options);
  expect(finished).toMatchObject({ exit: 0, stored: { s: stored } });
  if (said === "") expect(finished.stderr).toMatch(/^To undo this: .*\n$/);
  else expect(finished.stderr).toContain(said);
});
