import { describe, expect, test } from "vitest";
import { ANSWERS, type AnswerKind } from "./outcomes/answers.js";
import { type WriteKind, WRITES } from "./outcomes/writes.js";
import type { Finished } from "./support/cli.js";
import type { Fate, ProxiedRequest } from "./support/proxy.js";
import { REAL_SERVER } from "./support/vault.js";
import { type World, worldsForEach } from "./support/world.js";

/**
 * What a command says of a write, whenever it gets this answer to it: the first letter where Vault has not carried it out,
 * the second where it has. C: carried out; N: not carried out; ?: unknown; -: cannot be; !: it says that it was carried out,
 * and it was not, since that is what the answer says in Vault's own way, and nobody could tell it from the truth.
 *
 * What is unknown although it was not carried out may still come about: a request that is under way somewhere, an entry of
 * the log of Raft. Of a token and a SecretID nothing but the answer tells: whether there is one that nobody can be shown is
 * left open, whatever is said of the reason.
 */
const TABLE = `
                     put      delete   undelete destroy  note     policy   AppRole  SecretID token    revoke
Vault's own          -C       -C       -C       -C       -C       -C       -C       -C       -C       -C
200 without a body   ?C       ?C       ?C       ?C       !C       ?C       ?C       ??       ??       ?C
204                  ?C       !C       !C       !C       !C       !C       NC       ??       ??       !C
201                  ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
301                  ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
307                  ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
400 check-and-set    NC       NC       NC       NC       NC       NC       NC       ??       ??       NC
400                  NC       NC       NC       NC       NC       NC       NC       ??       ??       NC
403                  ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
403 HTML             ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
404                  NC       NC       NC       NC       NC       NC       NC       ??       ??       NC
405                  NC       NC       NC       NC       NC       NC       NC       ??       ??       NC
412                  NC       NC       NC       NC       NC       NC       NC       ??       ??       NC
413                  NC       NC       NC       NC       NC       NC       NC       ??       ??       NC
429                  NC       NC       NC       NC       NC       NC       NC       ??       ??       NC
500                  ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
500 leadership lost  ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
502 HTML             ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
503 sealed           ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
503                  ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
reset                ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
cut                  -C       -C       -C       -C       -C       -C       -C       -?       -?       -C
none in time         ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
not JSON             ?C       ?C       ?C       ?C       ?C       ?C       ?C       ??       ??       ?C
`;

const PATIENCE = REAL_SERVER === undefined ? "300ms" : "600ms";
const open = worldsForEach();
const APPLICATIONS = { origin: { secrets: "s: {description: x}\n" } };

describe.each(WRITES.map((write) => [write.name, write] as const))("of a %s", (name, write) => {
  test("only what is known is said, whatever the answer", { timeout: 120_000 }, async () => {
    const world = await open(APPLICATIONS);
    await world.kv.call("POST", "sys/auth/approle", { type: "approle" });
    await world.kv.put("origin", { s: "before" });
    const found: string[] = [];
    for (const answer of ANSWERS) {
      const silent = answer.name === "none in time";
      const lost = await ending(world, write, answer.lost, silent);
      const applied = await ending(world, write, answer.applied, silent);
      found.push(`${answer.name.padEnd(20)} ${lost}${applied}`);
    }
    expect({ name, found }).toEqual({ name, found: column(name) });
  });
});

/** The column of one kind of write, with the names of the answers before it. */
function column(name: string): string[] {
  const [head = "", ...rows] = TABLE.trimEnd().split("\n").slice(1);
  const place = head.trim().split(/\s+/).indexOf(name);
  return rows.map((row) => `${row.slice(0, 20)} ${row.slice(20).trim().split(/\s+/)[place]}`);
}

async function ending(world: World, write: WriteKind, fate: AnswerKind["lost"], silent: boolean): Promise<string> {
  if (fate === undefined) return "-";
  world.intercept(() => "pass");
  await write.prepare(world);
  world.intercept((request: ProxiedRequest): Fate => (write.matches(request) ? fate(request) : "pass"));
  const finished = await world.run(write.args, {
    ...write.options,
    // On a loaded machine everything takes long; only what never comes is to be given up soon.
    env: { ...world.env, ...(silent ? { VAULT_CLIENT_TIMEOUT: PATIENCE } : {}) },
  });
  const said = saidOf(finished, write);
  const done = await write.done(world);
  // Whoever acknowledges what was not carried out cannot be seen through.
  if (said === "C" && !done) return "!";
  if (said === "N" && done) return `untrue: ${finished.stdout}${finished.stderr}`;
  return said;
}

function saidOf({ exit, stdout, stderr }: Finished, { says, misses, leavesOpen }: WriteKind): string {
  const text = stdout + stderr;
  const unknown = /whether .* is unknown/.test(stderr) || (leavesOpen?.test(stderr) ?? false);
  if (misses?.test(text)) return unknown ? "?" : "N";
  if (says.test(text)) return exit === 0 ? "C" : `exit ${exit}: ${text}`;
  if (unknown) return exit === 1 ? "?" : `exit ${exit}: ${text}`;
  return "N";
}
