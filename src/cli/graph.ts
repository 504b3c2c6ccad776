import { type SecretRef, splitName } from "../model/secret.js";
import { explainEnvironment } from "../config/explain.js";
import { ExitCode, PhalanxError } from "../errors.js";
import { buildGraph } from "../graph/build.js";
import { withConsumers } from "../graph/consumers.js";
import { layOut } from "../graph/layout.js";
import { type Selection, selectAll, selectFrom } from "../graph/select.js";
import type { SecretGraph } from "../model/secret-graph.js";
import { renderGraphDot } from "../render/graph-dot.js";
import { graphResult } from "../render/graph-json.js";
import { renderGraphMermaid } from "../render/graph-mermaid.js";
import { renderGraphSvg } from "../render/graph-svg.js";
import { renderGraphText } from "../render/graph-text.js";
import { NOTHING } from "../render/nothing.js";
import type { Context } from "../terminal/context.js";
import { type ConfigOption, type Loaded, loadFromTree } from "../target/load.js";
import { findWhoUses } from "../target/consumers.js";
import { notRequired } from "../target/selection.js";
import { print, styleFor, tellNothing } from "../terminal/terminal.js";

export interface GraphOptions extends ConfigOption {
  readonly format: "text" | "mermaid" | "dot" | "svg" | "json";
  readonly reverse?: boolean;
  readonly all?: boolean;
  readonly consumers?: boolean;
}

/** `phalanx graph ENV [APP[/KEY]]`: how secrets derive from each other. Reads only the configuration. */
export async function run(
  context: Context,
  name: string,
  chosen: string | undefined,
  options: GraphOptions,
): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const graph = buildGraph(loaded.environment, explainEnvironment(loaded.tree, name));
  const secrets = select(loaded, graph, chosen, options);
  const uses = options.consumers ? await findWhoUses(context, loaded, refsOf(secrets)) : undefined;
  const selection = uses ? withConsumers(secrets, uses.keys, chosen !== undefined || (options.all ?? false)) : secrets;
  if (context.answer) context.answer.result(graphResult(selection.graph));
  else {
    const drawn = draw(context, selection, options);
    if (options.format === "text") print(context.stdout, drawn);
    else context.stdout.write(drawn);
    if (options.format === "text" && selection.roots.length === 0)
      tellNothing(context, options.all ? NOTHING.secrets(name) : NOTHING.relations(name));
  }
  return ExitCode.ok;
}

/** The secrets of a selection that the environment requires. */
function refsOf({ graph }: Selection): SecretRef[] {
  return graph.nodes.flatMap(({ application, key, absent }) => (absent ? [] : [{ application, key }]));
}

function select(
  { environment }: Loaded,
  graph: SecretGraph,
  chosen: string | undefined,
  { reverse = false, all = false, consumers = false }: GraphOptions,
): Selection {
  if (chosen === undefined) return selectAll(graph, reverse, all || consumers);
  const [application, key] = splitName(chosen);
  const roots = graph.nodes.filter(
    (node) => node.application === application && (key === undefined || node.key === key),
  );
  if (roots.length === 0) throw new PhalanxError(notRequired(environment, "graph", chosen));
  return selectFrom(
    graph,
    roots.map(({ id }) => id),
    reverse,
  );
}

function draw(context: Context, { graph, roots }: Selection, { format, reverse = false }: GraphOptions): string {
  switch (format) {
    case "json":
    case "text":
      return renderGraphText(graph, roots, reverse, styleFor(context, context.stdout));
    case "mermaid":
      return renderGraphMermaid(graph);
    case "dot":
      return renderGraphDot(graph);
    case "svg":
      return renderGraphSvg(graph, layOut(graph));
  }
}
