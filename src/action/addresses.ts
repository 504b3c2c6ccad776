import type { Context } from "../terminal/context.js";
import { sameServer } from "../access/shell-server.js";
import { type EachEnvironment, eachEnvironment } from "../config/each-environment.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot, type RecordingTree, recordReadings } from "../config/tree.js";
import { PhalanxError } from "../errors.js";
import type { Repository } from "../git/repository.js";
import { findRevision } from "../git/revision.js";
import { gitTrees } from "../git/tree.js";
import { openCheckout } from "./checkout.js";
import { type Event, isProposal } from "./event.js";
import type { Inputs, Pins } from "./inputs.js";

/**
 * Proves, before any token is read and any request is sent, that an environment's servers are those of the base branch,
 * or those that the workflow pins: a change could name a server that collects tokens.
 */
export async function proveAddresses(
  context: Context,
  name: string,
  { config, pins }: Inputs,
  event: Event,
): Promise<void> {
  const root = findRoot(config, context);
  const disk = recordReadings(diskTree(root, context.cwd));
  const own = addressesOf(eachEnvironment(disk), name);
  if (own === undefined) throw new PhalanxError(`No configuration found for environment ${name}`);
  const open = unpinned(own, name, pins);
  if (open.length === 0) return;
  const repository = await openCheckout(context, root);
  const base = await approvedCommit(repository, event);
  const revision = await findRevision(repository, base);
  if (revision?.commit !== base) {
    throw new PhalanxError(`The base commit ${base.slice(0, 12)} is not in this clone`, {
      hint: "Give actions/checkout fetch-depth: 0, or pin the addresses (inputs vault-url and connect-url).",
    });
  }
  const [tree] = await gitTrees(repository, [revision]);
  const before = tree && addressesOf(eachEnvironment(tree), name);
  for (const setting of open) {
    const [old, now] = [before?.[setting], own[setting]];
    if (old === now || (old !== undefined && now !== undefined && sameServer(old, now))) continue;
    throw new PhalanxError(
      `${name}: this change sets ${NAMES[setting]} to ${now ?? "nothing"}, and the base branch has ${old ?? "nothing"}`,
      { hint: `No token was read. Merge the address by itself, or pin it (input ${INPUTS[setting]}).` },
    );
  }
  await proveCheckedOut(repository, disk);
}

/** What was reviewed is what Git holds: a file on the disk that says something else is not used. */
async function proveCheckedOut(repository: Repository, disk: RecordingTree): Promise<void> {
  const head = await findRevision(repository, "HEAD");
  const [tree] = head === undefined ? [] : await gitTrees(repository, [head]);
  for (const [path, text] of disk.readings) {
    // Git may have been told to write other ends of lines, which are all the same to YAML.
    if (withPlainEnds(tree?.read(path)) === withPlainEnds(text)) continue;
    throw new PhalanxError(`${disk.display(path)} is not what the commit holds that was checked out`, {
      hint: "No token was read. Let no earlier step change the configuration, or pin the addresses (inputs vault-url and connect-url).",
    });
  }
}

function withPlainEnds(text: string | undefined): string | undefined {
  return text?.replaceAll("\r\n", "\n");
}

type Addresses = Pins;
type Setting = keyof Addresses;
const NAMES: Readonly<Record<Setting, string>> = { vaultUrl: "vaultUrl", connectUrl: "onepassword.connectUrl" };
const INPUTS: Readonly<Record<Setting, string>> = { vaultUrl: "vault-url", connectUrl: "connect-url" };

/** Undefined: there is no such environment. */
function addressesOf(environments: EachEnvironment, name: string): Addresses | undefined {
  if (!environments.names.includes(name)) return undefined;
  const { environment, problems } = environments.read(name);
  if (problems) throw new PhalanxError(`${name} cannot be read`, { problems, hint: "No token was read." });
  return { vaultUrl: environment.vault.url, connectUrl: environment.onepassword?.connectUrl };
}

/** The settings that no pin decides; a pin that does not fit is an error. */
function unpinned(own: Addresses, name: string, pins: Pins): Setting[] {
  return (["vaultUrl", "connectUrl"] as const).filter((setting) => {
    const [address, pin] = [own[setting], pins[setting]];
    if (pin === undefined) return true;
    if (address === undefined || sameServer(address, pin)) return false;
    throw new PhalanxError(`${name}: ${NAMES[setting]} is ${address}, and the workflow pins ${pin}`, {
      hint: `No token was read. Correct the configuration, or the input ${INPUTS[setting]}.`,
    });
  });
}

/**
 * The commit whose addresses somebody approved: of the base; or, on the default branch, the one that the run is about.
 * What lies in its work tree may be something else: an earlier step can have put it there.
 */
async function approvedCommit(repository: Repository, event: Event): Promise<string> {
  const pin = "Pin the addresses (inputs vault-url and connect-url). No token was read.";
  if (isProposal(event)) {
    if (event.base?.isDefaultBranch) return event.base.sha;
    throw new PhalanxError("The base of this change is not the default branch, so that nobody vouches for it", {
      hint: pin,
    });
  }
  if (!event.onDefaultBranch) {
    throw new PhalanxError("This run is not on the default branch, so that nobody vouches for its addresses", {
      hint: pin,
    });
  }
  const head = await findRevision(repository, "HEAD");
  if (head !== undefined && head.commit === event.sha) return head.commit;
  throw new PhalanxError("What is checked out is not the commit that this run is about", {
    hint: `Leave ref out of actions/checkout. ${pin}`,
  });
}
