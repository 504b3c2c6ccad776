import { ExitCode } from "../../errors.js";
import { consumersResult, renderConsumers } from "../../render/consumers.js";
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
    print(context.stdout, renderConsumers(found, styleFor(context, context.stdout)));
    if (found.keys.length === 0) tellNothing(context, NOTHING.secrets(name));
  }
  return ExitCode.ok;
}
