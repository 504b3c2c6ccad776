import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BIN, phalanx } from "./support/cli.js";
import { IN_CI } from "./support/size.js";
import { has } from "./support/programs.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

/** What a key may be; none of them may do anything. */
const ODD_KEYS = [
  "a b$(touch pwned)",
  "b;touch pwned",
  "c`touch pwned`",
  "d'\"|&<>",
  "e\\e",
  "f:g=h@i j",
  "g[1]*?{x,y}!",
];

const APPLICATIONS = {
  gatekeeper: {
    secrets:
      "session-key: {description: x, generate: {type: password}}\n" +
      "token: {description: x}\nsigning.key: {description: x, generate: {type: rsa-private-key}}\n",
  },
  portal: { secrets: "map-key: {description: x}\n" },
  zoo: {
    secrets: ODD_KEYS.concat("k\nl", "shown\u001b[2Kotherwise", "shown\u202eotherwise")
      .map((key) => `${JSON.stringify(key)}: {description: x}\n`)
      .join(""),
  },
};
const ODD_FILE = "notes $(touch pwned);`touch pwned` 'x'.yaml";

let tree: TestTree;
let env: Record<string, string>;

beforeAll(async () => {
  tree = await makeTree({
    ...environmentFiles("http://127.0.0.1:1", APPLICATIONS),
    "environments/values-tes;touch${IFS}pwned.yaml": "",
    [ODD_FILE]: "",
    // Any other command only tells which words have reached it.
    "bin/phalanx":
      `#!/bin/sh\ncase $1 in __complete | completion) exec ${process.execPath} ${BIN} "$@" ;; esac\n` +
      `printf '<%s>' "$@"\necho .\n`,
    // A program of the checkout's, which nobody has started.
    phalanx: "#!/bin/sh\ntouch pwned\n",
    "static.yaml": "{}",
    "elsewhere/.keep": "",
  });
  for (const program of ["bin/phalanx", "phalanx"]) await chmod(join(tree.root, program), 0o755);
  env = {
    PATH: `${tree.root}/bin:${process.env["PATH"] ?? ""}`,
    HOME: `${tree.root}/elsewhere`,
    TERM: "xterm",
    PS1: "> ",
    LC_ALL: "C.UTF-8",
  };
});
afterAll(() => tree.remove());

const complete = async (...words: string[]): Promise<string[]> => {
  const { stdout, stderr, exit } = await phalanx(["__complete", "--", ...words], { cwd: tree.root, env });
  expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
};

describe("what may stand at the cursor", () => {
  test.each<[string, string[], string[]]>([
    ["commands", ["secrets", "static"], ["static-template"]],
    ["no hidden command", ["__"], []],
    ["commands after help", ["help", "vault", "c"], ["copy-secrets", "create-read-approle", "create-write-token"]],
    ["environments", ["secrets", "audit", ""], ["test"]],
    ["environments after an option with a value", ["secrets", "audit", "-e", "portal", "t"], ["test"]],
    ["no environment twice", ["fleet", "audit", "test", ""], []],
    ["options", ["secrets", "audit", "test", "--ver"], ["--verify", "--verbose"]],
    ["no option twice, unless it is a list", ["secrets", "audit", "--json", "-e", "x", "test", "--js"], []],
    ["lists again", ["secrets", "audit", "--exclude", "x", "test", "--ex"], ["--exclude"]],
    ["applications", ["secrets", "sync", "test", "-e", "p"], ["portal", "pull-secret"]],
    ["applications and their keys", ["secrets", "history", "test", "ga"], ["gatekeeper", "gatekeeper/"]],
    [
      "keys, whatever they are, unless they cannot be shown",
      ["graph", "test", "zoo/"],
      ODD_KEYS.map((key) => `zoo/${key}`),
    ],
    ["keys", ["graph", "test", "gatekeeper/s"], ["gatekeeper/session-key", "gatekeeper/signing.key"]],
    ["keys that can be rotated", ["secrets", "rotate", "test", ""], ["gatekeeper/"]],
    ["keys that can be set", ["secrets", "set", "test", "gatekeeper/"], ["gatekeeper/token"]],
    ["no key twice", ["secrets", "rotate", "test", "gatekeeper/session-key", "gatekeeper/se"], []],
    ["choices", ["graph", "test", "--format", "s"], ["svg"]],
    ["choices after an equals sign", ["graph", "test", "--format=s"], ["--format=svg"]],
    ["names after an equals sign", ["secrets", "sync", "test", "--exclude=po"], ["--exclude=portal"]],
    ["rules of lint", ["lint", "--explain", "copy"], ["copy-chain"]],
    ["files", ["secrets", "audit", "test", "--secrets", ""], [":files"]],
    ["directories", ["secrets", "audit", "--config", ""], [":directories"]],
    ["only arguments after --", ["diff", "--", "-"], []],
  ])("%s", async (_, words, expected) => {
    expect(await complete(...words)).toEqual(expected);
  });

  test("follows --config, and a tilde in it", async () => {
    const elsewhere = { cwd: "/", env: { ...env, HOME: tree.root } };
    const found = await phalanx(["__complete", "--", "secrets", "list", "-c", "~/", ""], elsewhere);
    expect(found.stdout).toBe("test\n");
  });

  test("is nothing where the configuration is broken, and no error either", async () => {
    expect(await complete("secrets", "audit", "--config", "elsewhere", "")).toEqual([]);
    expect(await complete("secrets", "rotate", "nowhere", "")).toEqual([]);
  });
});

/** Types into a shell at a terminal; each piece when the one before has had its effect. */
function typeInto(command: string, pieces: readonly (readonly [typed: string, awaited: RegExp])[]): Promise<string> {
  return new Promise((done) => {
    const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: tree.root, env });
    let [screen, from, next] = ["", 0, 0];
    const step = (): void => {
      const [, awaited] = pieces[next - 1] ?? ["", /[>#%$] $/];
      // Without what rings, moves the cursor or colours.
      const plain = screen.slice(from).replaceAll(/\u0007|\u001b(\[[?\d;]*[A-Za-z]|[=>])/g, "");
      if (!awaited.test(plain)) return;
      if (next === pieces.length) return void child.kill();
      from = screen.length;
      child.stdin.write(pieces[next++]?.[0] ?? "");
    };
    child.stdout.on("data", (chunk) => {
      screen += String(chunk);
      step();
    });
    child.on("close", () => done(screen));
  });
}

const CLEAR = "\u0015";
const TYPED = [
  ["./phalanx secrets rot\t", /\.\/phalanx secrets rotate $/],
  [`${CLEAR}phalanx secrets rot\t`, /phalanx secrets rotate $/],
  ["t\t", /test $/],
  ["ga\t", /gatekeeper\/$/],
  ["se\t", /session-key $/],
  [`${CLEAR}phalanx graph test --format=m\t`, /--format=mermaid $/],
  [`${CLEAR}phalanx secrets audit test --secrets st\t`, /static\.yaml $/],
] as const;

/** Words that mean something to shells: what stands before them, how they begin, and how they reach the program. */
const ODD: readonly (readonly [before: string, begun: string, word: string])[] = [
  ["graph test", "zoo/a", "zoo/a b$(touch pwned)"],
  ["graph test", "zoo/a\\ b", "zoo/a b$(touch pwned)"],
  ["graph test", "zoo/b", "zoo/b;touch pwned"],
  ["graph test", "zoo/c", "zoo/c`touch pwned`"],
  ["graph test", "zoo/d", "zoo/d'\"|&<>"],
  ["graph test", "zoo/e", "zoo/e\\e"],
  ["graph test", "zoo/f", "zoo/f:g=h@i j"],
  ["graph test", "zoo/f:g=", "zoo/f:g=h@i j"],
  ["graph test", "zoo/g", "zoo/g[1]*?{x,y}!"],
  ["secrets audit", "te", "test"],
  ["secrets audit test --secrets", "no", ODD_FILE],
  ["secrets audit test --secrets", "notes\\ ", ODD_FILE],
];
const ODD_TYPED = ODD.flatMap(([before, begun, word]): (readonly [string, RegExp])[] => [
  // The end of the word, with or without backslashes, and the space after it.
  [
    `${CLEAR}phalanx ${before} ${begun}\t`,
    new RegExp(`${word.slice(-2).replaceAll(/[^]/g, "\\\\?[$&]").replaceAll("[\\]", "\\\\")} $`),
  ],
  ["\r", />\.\s+([^ \s].*)?[>#%$] $/],
]);
const ARRIVED = ODD.map(([before, , word]) => `${[...before.split(" "), word].map((each) => `<${each}>`).join("")}.`);

function expectArrived(screen: string): void {
  const lines = screen.split(/\r*\n/).filter((line) => line.endsWith(">."));
  expect(lines.map((line) => line.slice(line.indexOf("<")))).toEqual(ARRIVED);
  expect(existsSync(join(tree.root, "pwned"))).toBe(false);
}

describe.skipIf(!IN_CI)("in real shells", () => {
  test.skipIf(!has("bash") || !has("script"))("bash", async () => {
    const load = ["source <(phalanx completion bash); echo loa''ded\r", /loaded\r\n> $/] as const;
    const screen = await typeInto("bash --norc --noprofile -i", [load, ...TYPED, ...ODD_TYPED]);
    expect(screen).toContain("static.yaml");
    expectArrived(screen);
  });

  test.skipIf(!has("zsh") || !has("script"))("zsh", async () => {
    const load = [
      "PROMPT='> '; autoload -U compinit; compinit -u -D; source <(phalanx completion zsh); echo loa''ded\r",
      /loaded\s[^]*> $/,
    ] as const;
    const screen = await typeInto("zsh -f -i -o no_prompt_sp", [load, ...TYPED, ...ODD_TYPED]);
    expect(screen).toContain("static.yaml");
    expectArrived(screen);
  });

  test.skipIf(!has("fish"))("fish", () => {
    const ask = (line: string): string =>
      spawnSync("fish", ["--no-config", "-c", `phalanx completion fish | source; complete -C "${line}"`], {
        cwd: tree.root,
        env,
        encoding: "utf8",
      }).stdout;
    expect(ask("./phalanx secrets rot")).toMatch(/^rotate\t/);
    expect(ask("phalanx secrets rot")).toMatch(/^rotate\tGive generated secrets new values.*\n$/);
    expect(ask("phalanx secrets rotate ")).toBe("test\n");
    expect(ask("phalanx secrets rotate test gatekeeper/se")).toBe("gatekeeper/session-key\tgenerate\n");
    expect(ask("phalanx graph test --format=m")).toBe("--format=mermaid\n");
    expect(ask("phalanx secrets audit test --secrets st")).toMatch(/^static\.yaml\b.*\n$/);
    const script = [
      "phalanx completion fish | source",
      "while test (count $argv) -gt 0",
      '  set -l line "phalanx $argv[1]"',
      "  set -l word (complete --escape -C \"$line $argv[2]\" | string replace -r '\\t.*' '')",
      '  eval "$line $word"',
      "  set argv $argv[3..]",
      "end",
    ];
    const typed = ODD.flatMap(([before, begun]) => [before, begun]);
    const { stdout } = spawnSync("fish", ["--no-config", "-c", script.join("\n"), ...typed], {
      cwd: tree.root,
      env,
      encoding: "utf8",
    });
    expectArrived(stdout);
  });
});
