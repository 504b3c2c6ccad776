import type { Finished } from "../support/cli.js";
import type { Fate, ProxiedRequest } from "../support/proxy.js";
import type { Arena } from "./arena.js";
import { attribute } from "./attribution.js";
import { runIdIn, untruths } from "./checker.js";
import { undoLies } from "./undo.js";

/** What happens to requests, and what becomes of what is said, where the program lies. */
export interface Plant {
  readonly fate?: (request: ProxiedRequest, arena: Arena) => Fate | Promise<Fate>;
  readonly said?: (said: Finished) => Finished;
  /** While a run is taken back. */
  readonly undoFate?: (request: ProxiedRequest, arena: Arena) => Fate | Promise<Fate>;
  readonly undoSaid?: (said: Finished) => Finished;
}

/** A program that lies in one way, and what of it the checker has to see. */
export interface PlantedLie {
  readonly name: string;
  readonly caught: RegExp;
  readonly story: (arena: Arena, random: () => number, plant: Plant) => Promise<string[]>;
  readonly plant: Plant;
}

const SYNC = ["secrets", "sync", "test", "--secrets"];
const dataOf = (name: string): string => `secret/data/phalanx/test/${name}`;
const noteOf = (name: string): string => `secret/metadata/phalanx/test/${name}`;
const isPost = ({ method, path }: ProxiedRequest, wanted: string): boolean => method === "POST" && path === wanted;
const choose = <T>(list: readonly [T, ...T[]], random: () => number): T =>
  list[Math.floor(random() * list.length)] ?? list[0];

/** Runs that change a source and its copies. */
const CHANGES: readonly [Change, ...Change[]] = [
  { args: [...SYNC, "two.yaml"] },
  { args: ["secrets", "set", "test", "origin/s", "--yes"], input: "by hand" },
  { args: ["secrets", "rotate", "test", "origin/p", "--yes"] },
  { args: ["secrets", "sync", "test", "--regenerate"] },
];
interface Change {
  readonly args: readonly string[];
  readonly input?: string;
}

async function play(arena: Arena, { args, input = "" }: Change, { fate, said }: Plant): Promise<void> {
  if (fate !== undefined) arena.intercept((request) => fate(request, arena));
  await arena.run(args, { input }, said);
  arena.intercept(() => "pass");
}

/** A first sync, and a run that changes something. */
const changing: PlantedLie["story"] = async (arena, random, plant) => {
  await arena.run([...SYNC, "one.yaml"]);
  await play(arena, choose(CHANGES, random), plant);
  return untruths(await arena.evidence());
};

/** A run that cannot know whether it has written. */
const unknowing: PlantedLie["story"] = async (arena, random, { said }) => {
  await arena.run([...SYNC, "one.yaml"]);
  let written = false;
  const fate = (request: ProxiedRequest): Fate => {
    const ours = isPost(request, dataOf("origin"));
    written ||= ours;
    const failure = { status: 500, body: '{"errors":["internal error"]}' };
    if (ours) return { ...failure, applied: true };
    return written && request.path.startsWith(dataOf("origin")) ? failure : "pass";
  };
  await play(arena, choose(CHANGES, random), { fate, ...(said && { said }) });
  return untruths(await arena.evidence());
};

/** A write token after another one. */
const token: PlantedLie["story"] = async (arena, _, plant) => {
  await arena.run(["vault", "create-write-token", "test", "-o", "first"]);
  await play(arena, { args: ["vault", "create-write-token", "test", "-o", "second"] }, plant);
  return untruths(await arena.evidence());
};

/** A token that cannot be handed over, since somebody else removes where it should go. */
const noPlace: PlantedLie["story"] = async (arena, _, plant) => {
  await arena.run(["vault", "create-write-token", "test", "-o", "first"]);
  await arena.tree.write("full/file", "");
  await play(arena, { args: ["vault", "create-write-token", "test", "-o", "/dev/full"] }, plant);
  return untruths(await arena.evidence());
};

/** A run, then somebody else's key, and then the run is taken back. */
const undoing: PlantedLie["story"] = async (arena, random, plant) => {
  await arena.run([...SYNC, "one.yaml"]);
  await play(arena, choose([CHANGES[0], CHANGES[1] ?? CHANGES[0]], random), plant);
  await arena.kv.set("origin", "q", "somebody else's");
  await arena.kv.set("copier", "t", "somebody else's");
  const subject = arena.runs.at(-1);
  const evidence = await arena.evidence();
  const wrong = untruths(evidence);
  if (subject === undefined) throw new Error("no run");
  const undo = [
    "secrets",
    "restore",
    "test",
    "--run",
    runIdIn(subject.finished) ?? "none",
    "--allow-mass-change",
    "--yes",
  ];
  const { undoFate, undoSaid } = plant;
  if (undoFate !== undefined) arena.intercept((request) => undoFate(request, arena));
  const undone = await arena.run(undo, {}, undoSaid);
  arena.intercept(() => "pass");
  const { history } = await arena.evidence();
  const written = attribute(evidence.trail, evidence.history, evidence.prefix);
  return [
    ...wrong,
    ...undoLies({
      said: subject.finished,
      isOwn: ({ token: own }) => own === subject.token,
      written,
      before: evidence.history,
      after: history,
      undo: undone.finished,
    }),
  ];
};

const sameTexts =
  (out: (text: string) => string, err: (text: string) => string = (text) => text) =>
  (said: Finished) => ({
    ...said,
    stdout: out(said.stdout),
    stderr: err(said.stderr),
  });
/** Sends something with the run's own token. */
async function sendToo(
  arena: Arena,
  { token: own = "" }: ProxiedRequest,
  path: string,
  body: unknown,
): Promise<Response> {
  return fetch(`${arena.url}/v1/${path}`, {
    method: "POST",
    headers: { "x-vault-token": own },
    body: JSON.stringify(body),
  });
}
const firstOrigin = / for origin( \S+)?$/m;

export const LIES: readonly PlantedLie[] = [
  {
    name: "a line of what was written is left out",
    caught: /it (wrote origin|changed origin\/\S+) unsaid/,
    story: changing,
    plant: {
      said: sameTexts((out) =>
        out
          .split("\n")
          .filter((line) => !firstOrigin.test(line))
          .join("\n"),
      ),
    },
  },
  {
    name: "exit status 2 stands for 1",
    caught: /exit status 2, although it changed/,
    story: unknowing,
    plant: { said: (said) => ({ ...said, exit: said.exit === 1 ? 2 : said.exit }) },
  },
  {
    name: "exit status 2 stands for 0",
    caught: /exit status 2, although it changed/,
    story: changing,
    plant: { said: (said) => ({ ...said, exit: 2, stderr: `${said.stderr}Error: nothing was written\n` }) },
  },
  {
    name: "something more is written",
    caught: /it wrote extra unsaid/,
    story: changing,
    plant: {
      fate: async (request, arena): Promise<Fate> => {
        if (isPost(request, dataOf("origin"))) await sendToo(arena, request, dataOf("extra"), { data: { x: "y" } });
        return "pass";
      },
    },
  },
  {
    name: "an application is named that was not written",
    caught: /it says that other was written, and did not write it|it says that other\/[qz] was written/,
    story: changing,
    plant: { said: sameTexts((out) => `${out}Updated Vault secret for other q\nUpdated Vault secret for other z\n`) },
  },
  {
    name: "a key is named that was not written",
    caught: /it says that origin\/z was written, and it was not/,
    story: changing,
    plant: { said: sameTexts((out) => out.replace(/ for origin \S+$/m, " for origin z")) },
  },
  {
    name: "a note is lost in silence",
    caught: /its put of version \d+ of origin is not noted/,
    story: changing,
    plant: { fate: (request) => (isPost(request, noteOf("origin")) ? { status: 204, body: "" } : "pass") },
  },
  {
    name: "the undo line names another run",
    caught: /is not noted, and it does not say so/,
    story: changing,
    plant: {
      said: sameTexts(
        (out) => out,
        (err) => err.replace(/--run (\S{17})/, "--run 20200101T000000Z"),
      ),
    },
  },
  {
    name: "no undo line",
    caught: /is not noted, and it does not say so/,
    story: changing,
    plant: {
      said: sameTexts(
        (out) => out,
        (err) => err.replace(/^To undo this: .*\n/m, ""),
      ),
    },
  },
  {
    name: "a write in doubt is not told of",
    caught: /it wrote origin unsaid/,
    story: unknowing,
    plant: {
      said: sameTexts(
        (out) => out,
        (err) => err.replace(/; whether \S+ was written is unknown/g, ""),
      ),
    },
  },
  {
    name: "a write is repeated after it was acknowledged",
    caught: /it wrote origin twice/,
    story: changing,
    plant: {
      fate: async (request, arena): Promise<Fate> => {
        if (!isPost(request, dataOf("origin"))) return "pass";
        const { data, options } = JSON.parse(request.body) as { data: unknown; options: { cas: number } };
        const answer = await sendToo(arena, request, dataOf("origin"), { data, options });
        await sendToo(arena, request, dataOf("origin"), { data, options: { cas: options.cas + 1 } });
        return { status: answer.status, body: await answer.text() };
      },
    },
  },
  {
    name: "a stale copy is not told of",
    caught: /copier\/\S+ is stale, and nobody has said so/,
    story: changing,
    plant: {
      fate: (request) => {
        if (!isPost(request, dataOf("copier"))) return "pass";
        const { options } = JSON.parse(request.body) as { options: { cas: number } };
        const data = {
          version: options.cas + 1,
          created_time: new Date().toISOString(),
          deletion_time: "",
          destroyed: false,
        };
        return { status: 200, body: JSON.stringify({ data }) };
      },
      said: (said) => ({
        ...said,
        exit: 0,
        stdout: said.stdout.replace(/.* for copier.*\n/g, ""),
        stderr: said.stderr.replace(/.*copier.*\n/g, ""),
      }),
    },
  },
  {
    name: "an acknowledged version is lost",
    caught: /version \d+ of origin is lost/,
    story: changing,
    plant: {
      fate: async (request, arena): Promise<Fate> => {
        if (isPost(request, noteOf("copier"))) await arena.kv.destroy("origin", await arena.kv.version("origin"));
        return "pass";
      },
    },
  },
  {
    name: "the old token is revoked before the new one is handed over",
    caught: /it ended \S+ before the new token was handed over/,
    story: noPlace,
    plant: {
      fate: async (request, arena): Promise<Fate> => {
        if (request.path.startsWith("auth/token/create")) {
          const accessor = /^accessor: "?([\w.-]+)/m.exec(arena.runs[0]?.file ?? "")?.[1];
          await sendToo(arena, request, "auth/token/revoke-accessor", { accessor });
        }
        return "pass";
      },
    },
  },
  {
    name: "the new token is ended",
    caught: /the token that was handed over does not work/,
    story: token,
    plant: {
      fate: async (request, arena): Promise<Fate> => {
        const made = arena.trail.findLast(({ path }) => path.startsWith("auth/token/create"))?.done?.["accessor"];
        const ended = arena.trail.some(({ data }) => data["accessor"] === made);
        if (isPost(request, "auth/token/revoke-accessor") && !ended)
          await sendToo(arena, request, "auth/token/revoke-accessor", { accessor: made });
        return "pass";
      },
    },
  },
  {
    name: "an old token that lives is said to be revoked",
    caught: /it says that \S+ was revoked, and it lives/,
    story: token,
    plant: { fate: (request) => (isPost(request, "auth/token/revoke-accessor") ? { status: 204, body: "" } : "pass") },
  },
  {
    name: "the undo takes back what is of others",
    caught: /origin\/q, which is of others, was taken back too/,
    story: undoing,
    plant: {
      undoFate: async (request, arena): Promise<Fate> => {
        if (!isPost(request, dataOf("origin"))) return "pass";
        const { data, options } = JSON.parse(request.body) as { data: Record<string, string>; options: unknown };
        const { q: _, ...rest } = data;
        const answer = await sendToo(arena, request, dataOf("origin"), { data: rest, options });
        return { status: answer.status, body: await answer.text() };
      },
    },
  },
  {
    name: "the undo does not bring back what was there",
    caught: /origin\/s is not what it was before the run/,
    story: undoing,
    plant: {
      undoFate: async (request, arena): Promise<Fate> => {
        if (!isPost(request, dataOf("origin"))) return "pass";
        const { data, options } = JSON.parse(request.body) as { data: Record<string, string>; options: unknown };
        const answer = await sendToo(arena, request, dataOf("origin"), { data: { ...data, s: "anything" }, options });
        return { status: answer.status, body: await answer.text() };
      },
    },
  },
  {
    name: "the undo does not say what stays",
    // Its status says that something stays; what, nobody is told.
    caught: /the undo ends with 1/,
    story: undoing,
    plant: {
      undoSaid: sameTexts(
        (out) => out,
        (err) => err.replace(/^Warning: .*copier\/t .*\n/gm, ""),
      ),
    },
  },
];
