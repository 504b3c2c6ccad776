import type { Place } from "../model/diagnostic.js";
import { type EachEnvironment, eachEnvironment } from "../config/each-environment.js";
import { explainEnvironment } from "../config/explain.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot, type Tree } from "../config/tree.js";
import { diffEnvironment } from "../diff/environment.js";
import { isSamePlace } from "../diff/settings.js";
import { diffFleet } from "../diff/fleet.js";
import type { SideReading } from "../diff/side.js";
import { ExitCode, PhalanxError } from "../errors.js";
import { openRepository, type Repository } from "../git/repository.js";
import { findRevision, type Revision, unknownRevision } from "../git/revision.js";
import { gitTrees } from "../git/tree.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { anythingDiffers, type ConfigurationDiff } from "../model/configuration-diff.js";
import { renderDiff } from "../render/diff.js";
import { diffResult } from "../render/diff-json.js";
import { renderDiffMarkdown } from "../render/diff-markdown.js";
import { type Context, notify } from "../terminal/context.js";
import { readArguments } from "../target/diff-arguments.js";
import { ACCESS_FILES, readFleetSide } from "../target/diff-fleet.js";
import { print, styleFor } from "../terminal/terminal.js";

export interface DiffOptions {
  readonly config?: string;
  readonly staged?: boolean;
  readonly format: "text" | "json" | "markdown";
  readonly exitCode?: boolean;
}

interface Side {
  readonly name: string;
  readonly tree: Tree;
  readonly environments: EachEnvironment;
}

/**
 * `phalanx diff [REV [REV2]] [ENV...]`: what a change in Git means for secrets. Reads revisions from Git directly, and
 * never contacts Vault.
 *
 * @param separated How many of the words follow `--`; undefined without one.
 */
export async function run(
  context: Context,
  words: readonly string[],
  options: DiffOptions,
  separated: number | undefined,
): Promise<ExitCode> {
  const root = findRoot(options.config, context);
  const repository = await openRepository(root, context);
  const worktree = diskTree(root, context.cwd);
  const here = eachEnvironment(worktree);
  const { revisions, environments, warnings } = await readArguments(repository, words, separated, here.names);
  for (const warning of warnings) notify(context, warning);
  const [before, after] = await openSides(repository, revisions, options, {
    name: "the work tree",
    tree: worktree,
    environments: here,
  });
  for (const { name, environments: each } of [before, after])
    if (each.names.length === 0) notify(context, diagnostic("side-without-environments", { side: name }));
  const diff = compare(before, after, environments);
  if (context.answer) context.answer.result(diffResult(diff));
  else if (options.format === "markdown") context.stdout.write(renderDiffMarkdown(diff));
  else print(context.stdout, renderDiff(diff, styleFor(context, context.stdout)));
  return options.exitCode && anythingDiffers(diff) ? ExitCode.findings : ExitCode.ok;
}

async function openSides(
  repository: Repository,
  [first, second]: readonly Revision[],
  { staged }: DiffOptions,
  worktree: Side,
): Promise<[Side, Side]> {
  if (staged && second) throw new PhalanxError(diagnostic("staged-with-two-revisions"));
  const head = first ?? (await findRevision(repository, "HEAD"));
  if (head === undefined) throw await unknownRevision(repository, "HEAD");
  const sources = [head, ...(staged ? ["index" as const] : second ? [second] : [])];
  const [before, after] = (await gitTrees(repository, sources)).map((tree, i): Side => {
    const source = sources[i];
    const name = source === undefined || source === "index" ? "the index" : source.shown;
    return { name, tree, environments: eachEnvironment(tree) };
  });
  if (before === undefined) throw new Error("Git gave no tree");
  return [before, after ?? worktree];
}

function compare(before: Side, after: Side, chosen: readonly string[]): ConfigurationDiff {
  const all = [...new Set([...before.environments.names, ...after.environments.names])].sort(compareCodePoints);
  const unknown = chosen.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    const details = { before: before.name, after: after.name, known: all };
    throw new PhalanxError(diagnostic("environment-on-neither-side", details, { subject: { environment: unknown } }));
  }
  const names = { before: before.name, after: after.name };
  const oldNames = renamedIn(before, after);
  const renamed = new Set(oldNames.values());
  return {
    ...names,
    fleet: ACCESS_FILES.map((file) =>
      diffFleet(file, readFleetSide(before.tree, file), readFleetSide(after.tree, file), names),
    ),
    environments: all
      .filter((name) => !renamed.has(name))
      .map((name) => ({ name, old: oldNames.get(name) ?? name }))
      .filter(({ name, old }) => chosen.length === 0 || chosen.includes(name) || chosen.includes(old))
      .map(({ name, old }) => diffEnvironment(name, readSide(before, old), readSide(after, name), names)),
  };
}

/** The old names of environments that have another one now, and are where the old one was in Vault. */
function renamedIn(before: Side, after: Side): ReadonlyMap<string, string> {
  const only = (side: Side, other: Side): [string, SideReading][] =>
    side.environments.names
      .filter((name) => !other.environments.names.includes(name))
      .map((name) => [name, readSide(side, name)]);
  const [gone, fresh] = [only(before, after), only(after, before)];
  return new Map(
    gone.flatMap(([old, here]) => {
      const isHere = ([, reading]: readonly [string, SideReading]): boolean => isSamePlace(here, reading);
      const [[now] = [], ...more] = fresh.filter(isHere);
      return now !== undefined && more.length === 0 && gone.filter(isHere).length === 1 ? [[now, old] as const] : [];
    }),
  );
}

function readSide({ tree, environments }: Side, name: string): SideReading {
  if (!environments.names.includes(name)) return undefined;
  const reading = environments.read(name);
  const position = (path: readonly string[]): Place => environments.position(name, path);
  if (reading.problems) return { ...reading, position };
  return { environment: reading.environment, declaration: explainEnvironment(tree, name), position };
}
