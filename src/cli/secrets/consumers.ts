import { ExitCode } from "../../errors.js";
import { compareCodePoints } from "../../model/code-points.js";
import type { Environment } from "../../model/environment.js";
import { refId, type SecretRef } from "../../model/secret.js";
import { consumersResult, type Derived, renderConsumers } from "../../render/consumers.js";
import { NOTHING } from "../../render/nothing.js";
import { findWhoUses, keysNamed } from "../../target/consumers.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import type { Context } from "../../terminal/context.js";
import { print, styleFor, tellNothing } from "../../terminal/terminal.js";

/** `phalanx secrets consumers ENV [APP[/KEY]...]`: which workloads use a secret. Reads only the configuration. */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: ConfigOption,
): Promise<ExitCode> {
  const { environment, root } = loadFromTree(context, name, options);
  const refs = names.length === 0 ? undefined : keysNamed(environment, names);
  const found = await findWhoUses(context, { environment, root }, refs);
  if (context.answer) context.answer.result(consumersResult(name, found));
  else {
    const derived = refs
      ? await derivedFrom(environment, refs, ["secrets", "consumers", name, ...names], options)
      : NONE;
    print(context.stdout, renderConsumers(found, derived, styleFor(context, context.stdout)));
    if (found.keys.length === 0) tellNothing(context, NOTHING.secrets(name));
  }
  return ExitCode.ok;
}

const NONE: Derived = { names: [], command: "" };

async function derivedFrom(
  environment: Environment,
  refs: readonly SecretRef[],
  words: readonly string[],
  options: ConfigOption,
): Promise<Derived> {
  const [{ closure }, { nextCommand }] = await Promise.all([
    import("../../secrets/dependents.js"),
    import("../../runs/next-command.js"),
  ]);
  const given = new Set(refs.map(refId));
  const names = [...closure(environment, refs)].filter((id) => !given.has(id)).sort(compareCodePoints);
  return { names, command: nextCommand([...words, ...names], options) };
}
