import type { HeldBy, HoldingReason } from "../model/rollout.js";
import { count } from "./count.js";
import { shownTime } from "./log-time.js";
import { printable } from "./printable.js";

/** Why a workload is current, old or in doubt. */
export function reasonWords({ reason, keys, pods }: HeldBy): string {
  return `${text(reason, pods)} (${keys.map(printable).join(", ")})`;
}

function text(reason: HoldingReason, pods: number): string {
  const who = pods === 0 ? "" : `${count(pods, "pod")} `;
  const lead = pods === 0 ? "" : `${count(pods, "pod")}: `;
  switch (reason.kind) {
    case "started-before-change":
      return `${who}started before the change, ${pods > 1 ? "the first " : ""}at ${shownTime(reason.startedAt)}`;
    case "created-after-copy":
      return `${who}created after the Secret was written`;
    case "restarted-after-copy":
      return `${who}restarted after the Secret was written`;
    case "file-refreshed":
      return `${who}should have the new file by now; it is unknown whether the process has reread it`;
    case "read-at-pull":
      return "read at each pull of an image, not held";
    case "nothing-runs":
      return "nothing runs now; the next pod reads the new value";
    case "not-copied":
      return `${lead}the Secret does not have it yet`;
    case "differs":
      return `${lead}the Secret differs from Vault`;
    case "not-in-vault":
      return `${lead}Vault has no value to compare with`;
    case "secret-unreadable":
      return `${lead}you are not allowed to read the Secret`;
    case "not-comparable":
      return `${lead}a template makes the value, so it cannot be compared`;
    case "undated":
      return `${lead}the Secret does not say when it was written`;
    case "created-before-copy":
      return `${who}started before the Secret was last written`;
    case "created-with-copy":
      return `${who}created in the same second that the Secret was written`;
    case "restarted-too-soon":
      return `${who}restarted in place, too soon after the Secret was written`;
    case "file-not-refreshed":
      return `${lead}the kubelet may not have refreshed the file yet`;
    case "sub-path-before-copy":
      return `${who}started before the Secret was last written; a subPath mount is never refreshed`;
    case "not-started": {
      const why = reason.waiting === "" ? "" : `: ${printable(reason.waiting)}`;
      return who === "" ? `no pod has started${why}` : `${who}not started${why}`;
    }
  }
}
