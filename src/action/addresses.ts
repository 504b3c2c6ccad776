import type { Context } from "../terminal/context.js";
import { sameServer } from "../access/shell-server.js";
import { type EachEnvironment, eachEnvironment } from "../config/each-environment.js";
import { requireKnown } from "../config/environment.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot, type RecordingTree, recordReadings } from "../config/tree.js";
import { PhalanxError } from "../errors.js";
import type { AddressSetting } from "../model/diagnostics/action.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Repository } from "../git/repository.js";
import { findRevision } from "../git/revision.js";
import { gitTrees } from "../git/tree.js";
import { openCheckout } from "./checkout.js";
import { type Event, isProposal } from "./event.js";
import type { Inputs, Pins } from "./inputs.js";

/**
 * Proves, before any token is read or any request is sent, that an environment's servers are those of the base branch,
 * or those that the workflow pins. Otherwise a change could name a server that collects tokens.
 */
export async function proveAddresses(
  context: Context,
  name: string,
  { config, pins }: Inputs,
  event: Event,
): Promise<void> {
  const root = findRoot(config, context);
  const disk = recordReadings(diskTree(root, context.cwd));
  const environments = eachEnvironment(disk);
  requireKnown(name, environments.names, disk);
  const own = addressesOf(environments, name);
  const open = unpinned(own, name, pins);
  if (open.length === 0) return;
  const repository = await openCheckout(context, root);
  const base = await approvedCommit(repository, event);
  const revision = await findRevision(repository, base);
  if (revision?.commit !== base) {
    throw new PhalanxError(diagnostic("base-commit-missing", { commit: base }));
  }
  const [tree] = await gitTrees(repository, [revision]);
  const approved = tree && addressesOf(eachEnvironment(tree), name);
  for (const setting of open) {
    const [before, after] = [approved?.[setting], own[setting]];
    if (before === after || (before !== undefined && after !== undefined && sameServer(before, after))) continue;
    const details = { setting: NAMES[setting], before, after };
    throw new PhalanxError(diagnostic("address-changed", details, { subject: { environment: name } }));
  }
  await proveCheckedOut(repository, disk);
}

/** Git holds what was reviewed, so a file on disk that differs from it is not used. */
async function proveCheckedOut(repository: Repository, disk: RecordingTree): Promise<void> {
  const head = await findRevision(repository, "HEAD");
  const [tree] = head === undefined ? [] : await gitTrees(repository, [head]);
  for (const [path, text] of disk.readings) {
    // Git may be configured to convert line endings, which YAML treats alike.
    if (withPlainEnds(tree?.read(path)) === withPlainEnds(text)) continue;
    throw new PhalanxError(diagnostic("checkout-changed", {}, { place: { file: disk.display(path) } }));
  }
}

function withPlainEnds(text: string | undefined): string | undefined {
  return text?.replaceAll("\r\n", "\n");
}

type Addresses = Pins;
type Setting = keyof Addresses;
const NAMES: Readonly<Record<Setting, AddressSetting>> = {
  vaultUrl: "vaultUrl",
  connectUrl: "onepassword.connectUrl",
};

/** Empty if there is no such environment. */
function addressesOf(environments: EachEnvironment, name: string): Addresses {
  if (!environments.names.includes(name)) return { vaultUrl: undefined, connectUrl: undefined };
  const { environment, problems } = environments.read(name);
  if (problems) {
    const unreadable = diagnostic("addresses-unreadable", {}, { subject: { environment: name } });
    throw new PhalanxError(unreadable, { problems });
  }
  return { vaultUrl: environment.vault.url, connectUrl: environment.onepassword?.connectUrl };
}

/** The settings that no pin covers; a pin that does not match is an error. */
function unpinned(own: Addresses, name: string, pins: Pins): Setting[] {
  return (["vaultUrl", "connectUrl"] as const).filter((setting) => {
    const [address, pin] = [own[setting], pins[setting]];
    if (pin === undefined) return true;
    if (address === undefined || sameServer(address, pin)) return false;
    const details = { setting: NAMES[setting], address, pin };
    throw new PhalanxError(diagnostic("address-against-pin", details, { subject: { environment: name } }));
  });
}

/**
 * The commit whose addresses were approved: the base or, on the default branch, the commit of the run. The work tree
 * may differ from it, since an earlier step can have changed it.
 */
async function approvedCommit(repository: Repository, event: Event): Promise<string> {
  if (isProposal(event)) {
    if (event.base?.isDefaultBranch) return event.base.sha;
    throw new PhalanxError(diagnostic("base-not-default-branch"));
  }
  if (!event.onDefaultBranch) throw new PhalanxError(diagnostic("run-not-on-default-branch"));
  const head = await findRevision(repository, "HEAD");
  if (head !== undefined && head.commit === event.sha) return head.commit;
  throw new PhalanxError(diagnostic("checkout-of-other-commit"));
}
