import type { ROLLOUT } from "../../model/diagnostics/rollout.js";
import { commandLine } from "../../model/shell.js";
import { count } from "../count.js";
import { clusterText } from "../rollout.js";
import type { Words } from "./words.js";

export const ROLLOUT_WORDS: Words<typeof ROLLOUT> = {
  "cluster-changed": {
    summary: ({ subject: { environment }, details: { cluster } }) =>
      `${clusterText(cluster)} is not the cluster that ${environment} used before`,
    hint: ({ details: { before, uid, command } }) =>
      `The UID of its namespace kube-system was ${before} and is ${uid}. If the cluster was rebuilt, confirm it: ${command}`,
  },
  "cluster-elsewhere": {
    summary: ({ subject: { environment }, details: { cluster, prefix, elsewhere } }) =>
      elsewhere.length === 0
        ? `Nothing in ${clusterText(cluster)} copies from ${prefix}, so it does not look like the cluster of ${environment}`
        : `${clusterText(cluster)} is not the cluster of ${environment}: it copies from ${elsewhere.join(", ")}, not from ${prefix}`,
    hint: ({ subject: { environment } }) =>
      `Name the right one: ${commandLine("phalanx", "rollout", "status", environment, "--context")} NAME. kubectl config get-contexts lists them.`,
  },
  "cluster-forbids": {
    summary: ({ subject: { environment }, details: { cluster } }) =>
      `You are not allowed to see everything that ${environment} needs in ${clusterText(cluster)}`,
    hint: ({ details: { command } }) => `To print the rights that it needs: ${command}`,
  },
  "cluster-forbids-one": {
    summary: ({ details: { verb, group, resource, namespace } }) =>
      `not allowed to ${verb} ${resource}${group === "" ? "" : `.${group}`} in namespace ${namespace}`,
  },
  "cluster-memory-damaged": {
    summary: ({ details: { file } }) => `${file}: damaged, so the cluster of the environment is unknown`,
    hint: "Remove it, and give --context.",
  },
  "cluster-memory-unreadable": {
    summary: ({ details: { file, reason } }) => `${file}: cannot be read (${reason})`,
    hint: "Make it readable, or remove it and give --context.",
  },
  "cluster-remembered": {
    summary: ({ subject: { environment }, details: { cluster, file } }) =>
      `${clusterText(cluster)} is remembered as the cluster of ${environment}, in ${file}`,
  },
  "cluster-unconfirmed": {
    summary: ({ subject: { environment }, details: { cluster, environments } }) =>
      `${environment} shares its prefix in Vault with ${environments.join(", ")}, so it is unclear whether ${clusterText(cluster)} is its cluster`,
    hint: ({ details: { uid, command } }) =>
      uid === undefined
        ? "You need permission to get its namespace kube-system: the UID of that namespace identifies the cluster."
        : `If it is, confirm it once: ${command}`,
  },
  "rollout-run-unknown": {
    summary: ({ subject: { environment }, details: { run } }) =>
      `Vault has no version in ${environment} that run ${run} wrote`,
    hint: ({ subject: { environment } }) =>
      `${commandLine("phalanx", "secrets", "history", environment)} lists the runs.`,
  },
  "secrets-unread": {
    summary: ({ details: { cluster, count: n } }) =>
      `${clusterText(cluster)}: you are not allowed to read ${count(n, "Secret")}, so nothing that uses ${n === 1 ? "it" : "them"} can be shown to be current`,
    hint: ({ details: { command } }) =>
      `An administrator of the cluster can allow it for the Secrets of this environment alone. To print the rights (add --user NAME for a user): ${command}`,
  },
};
