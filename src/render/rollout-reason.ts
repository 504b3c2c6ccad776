import type { HeldBy, HoldingReason } from "../model/rollout.js";
import { count } from "./count.js";
import { shownTime } from "./log-time.js";
import { printable } from "./printable.js";

/** Why a workload is current, old or in doubt. */
export function reasonWords({ reason, keys, pods }: HeldBy): string {
  const who = pods === 0 ? "" : `${count(pods, "pod")} `;
  return `${text(reason, who)} (${keys.map(printable).join(", ")})`;
}

function text(reason: HoldingReason, who: string): string {
  switch (reason.kind) {
    case "started-before-change":
      return `${who}started before the change${who === "" ? "" : ", the first"} at ${shownTime(reason.startedAt)}`;
    case "created-after-copy":
      return `${who}created after the Secret was written`;
    case "restarted-after-copy":
      return `${who}restarted after the Secret was written`;
    case "file-refreshed":
      return `${who}with the new file; whether the process has read it again is unknown`;
    case "read-at-pull":
      return "read at each pull of an image, not held";
    case "nothing-runs":
      return "nothing runs; what runs next reads the new value";
    case "not-copied":
      return `${who}waiting for the operator's copy`.trimStart();
    case "differs":
      return `${who}while the Secret is not as in Vault`.trimStart();
    case "not-in-vault":
      return "Vault has no value to compare with";
    case "secret-unreadable":
      return `${who}started since the change; the Secret may not be read`;
    case "not-comparable":
      return `${who}with a value that a template makes, which cannot be compared`;
    case "undated":
      return `${who}cannot be told: the Secret does not say when it was written`;
    case "created-before-copy":
      return `${who}started before the Secret was written for the last time`;
    case "created-with-copy":
      return `${who}created in the same second in which the Secret was written`;
    case "restarted-too-soon":
      return `${who}restarted in place within two minutes after the Secret was written`;
    case "file-not-refreshed":
      return `${who}whose files the kubelet may not have refreshed yet`;
    case "sub-path-before-copy":
      return `${who}with a subPath mount from before the Secret was written, which is never refreshed`;
    case "not-started": {
      const why = reason.waiting === "" ? "" : `: ${printable(reason.waiting)}`;
      return who === "" ? `no pod has started${why}` : `${who}not started${why}`;
    }
  }
}
