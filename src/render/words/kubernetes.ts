import type { ClusterFault, KUBERNETES, ObjectDetails, PluginFault } from "../../model/diagnostics/kubernetes.js";
import { didYouMean } from "../../model/nearest.js";
import { quotedName } from "../names.js";
import { oneLine, printable } from "../printable.js";
import { shorten } from "../shorten.js";
import { PEM_FAULTS } from "./access.js";
import type { Words } from "./words.js";

export const KUBERNETES_WORDS: Words<typeof KUBERNETES> = {
  "cluster-address-invalid": {
    summary: "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not an address",
    hint: "Kubernetes sets both in each pod; give another cluster with --kubeconfig FILE.",
  },
  "cluster-answer-unusable": {
    summary: ({ details }) =>
      `Kubernetes at ${details.url} was asked for ${objectText(details)}, but ${FAULTS[details.fault]}`,
    hint: "Check that this is the address of a Kubernetes API server, and check any proxy in front of it.",
  },
  "cluster-list-expired": {
    summary: ({ details }) =>
      `The list of ${objectText(details)} from Kubernetes at ${details.url} expired twice before it was complete`,
    hint: "The server or the network is very slow. Try again later.",
  },
  "cluster-list-too-large": {
    summary: ({ details }) =>
      `Kubernetes at ${details.url} lists more ${objectText(details)} than a cluster can be expected to hold`,
  },
  "cluster-not-configured": {
    summary: ({ details: { files } }) => `No cluster is configured: ${filesText(files)} does not exist`,
    hint: "Give a kubeconfig with --kubeconfig FILE or KUBECONFIG.",
  },
  "cluster-request-failed": {
    summary: ({ details }) => {
      const { url, status, reason } = details;
      const said = reason === undefined ? `${status}` : `${status} ${reason}`;
      return `Kubernetes at ${url} did not return ${objectText(details)} (status ${said})`;
    },
    hint: ({ details: { status, reason } }) => {
      if (status === 401) return "Check your identity in the cluster: kubectl auth whoami";
      if (status === 429 || status >= 500) return "The server may be busy or starting. Try again later.";
      return reason === undefined
        ? "The API server did not send this. Check its address, and check any proxy in front of it."
        : undefined;
    },
  },
  "cluster-verification-skipped": {
    summary:
      "insecure-skip-tls-verify is set: anyone who can intercept the traffic gets the credentials and can forge responses",
  },
  "exec-plugin-failed": {
    summary: ({ details: { command, fault, reason } }) =>
      `${nameText(command)}, which logs in to the cluster, ${pluginText(fault, reason)}`,
    hint: ({ details: { fault, installHint, command } }) => {
      if (installHint !== undefined) return shorten(oneLine(installHint), "text");
      if (fault === "needs-terminal")
        return "Run this in a terminal, or set interactiveMode: IfAvailable for this program in the kubeconfig.";
      if (fault === "not-started") return `Install ${nameText(command)}, or correct the kubeconfig.`;
      return "Its own message, if any, is above. kubectl runs the same program, so try: kubectl version";
    },
  },
  "kubeconfig-as-missing": {
    summary: '"as-groups" and "as-uid" need "as"',
    hint: 'Set "as" to the user that they belong to.',
  },
  "kubeconfig-context-unknown": {
    summary: ({ details: { context, files } }) => `There is no context ${nameText(context)} in ${filesText(files)}`,
    hint: ({ details: { context, known } }) => {
      const meant = didYouMean(context, known);
      return meant === undefined ? contextsText(known) : `${printable(meant)} ${contextsText(known)}`;
    },
  },
  "kubeconfig-entry-missing": {
    summary: ({ details: { section, name, context } }) =>
      `the context ${nameText(context)} names ${nameText(name)}, which is not in ${section}`,
    hint: "With several kubeconfigs in KUBECONFIG: check that all of them exist.",
  },
  "kubeconfig-key-pair": {
    summary: ({ details: { lacks } }) =>
      lacks === undefined
        ? "client-key is not the key of client-certificate"
        : `${lacks === "client-key" ? "client-certificate" : "client-key"} is given without ${lacks}`,
    hint: "Give both, as they were issued together.",
  },
  "kubeconfig-name-twice": {
    summary: ({ details: { section, name } }) => `${nameText(name)} appears twice in ${section}`,
    hint: "Give each its own name. kubectl does not read such a file either.",
  },
  "kubeconfig-no-context": {
    summary: ({ details: { files } }) => `No current context is set in ${filesText(files)}`,
    hint: ({ details: { known } }) => `Choose one with --context NAME. ${contextsText(known)}`,
  },
  "kubeconfig-not-there": {
    summary: ({ details: { files } }) => `No file in KUBECONFIG exists: ${filesText(files)}`,
    hint: "Correct it, or unset KUBECONFIG.",
  },
  "pem-unusable": {
    summary: ({ details: { field, fault } }) => `${field} ${PEM_FAULTS[fault]}`,
    hint: ({ details: { field, fault } }) => {
      const form = field.endsWith("-data") ? "in PEM, which is then encoded with base64" : "as a file in PEM";
      return fault === "key-encrypted" ? "Give a key without a passphrase." : `Give it ${form}.`;
    },
  },
  "kubeconfig-server-invalid": {
    summary: "server is not the URL of an API server",
    hint: "For example: https://kubernetes.example.org:6443, without a user or password.",
  },
  "kubeconfig-user-unsupported": {
    summary: ({ details: { field, name } }) =>
      field === "as"
        ? '"as", "as-uid" or "as-groups" contains characters that cannot be sent'
        : `${name === undefined ? field : `${field} ${nameText(name)}`} is not supported`,
    hint: ({ details: { field, name } }) => {
      if (field !== "auth-provider") return "Use a context with a user that does not need it.";
      if (name === "gcp")
        return "kubectl no longer supports it, either: install gke-gcloud-auth-plugin, and fetch the credentials again with gcloud.";
      if (name === "azure")
        return "kubectl no longer supports it, either: install kubelogin, and run: kubelogin convert-kubeconfig";
      return "Use a login with exec, or a token.";
    },
  },
  "kubernetes-name-unusable": {
    summary: ({ details: { name } }) => `${nameText(name)} is not a valid Kubernetes name`,
  },
};

const FAULTS: Readonly<Record<ClusterFault, string>> = {
  "no-date": "its response has no date",
  "no-list": "its response is not a list",
  "no-object": "its response lacks fields that every object has",
  "other-kind": "its response is something else",
  "other-name": "its response has a name that was not requested, or is not valid",
  "other-namespace": "its response is about another namespace, or one that is not valid",
};

function pluginText(fault: PluginFault, reason: string | undefined): string {
  switch (fault) {
    case "certificate-unusable":
      return "returned a certificate and a key that cannot be used";
    case "expiry-malformed":
      return "returned an expirationTimestamp that is not a time";
    case "failed":
      return `failed (${reason})`;
    case "incomplete":
      return "returned neither a token nor a certificate with its key";
    case "needs-terminal":
      return "needs a terminal, and there is none";
    case "not-a-credential":
      return "did not print an ExecCredential of the requested version";
    case "not-started":
      return reason === "ENOENT" ? "is not installed" : `cannot be started (${reason})`;
    case "token-malformed":
      return "returned a token with invalid characters";
    case "too-much":
      return "printed more than 1 MiB";
  }
}

/** As in `secrets a in namespace b`. */
function objectText({ resource, namespace, name }: ObjectDetails): string {
  const named = name === undefined ? resource : `${resource} ${nameText(name)}`;
  return namespace === undefined ? named : `${named} in namespace ${nameText(namespace)}`;
}

function nameText(name: string): string {
  return printable(quotedName(name));
}

function filesText(files: readonly string[]): string {
  return files.map(printable).join(", ");
}

/** More than a screen of them helps nobody. */
const MOST_NAMES = 20;

function contextsText(known: readonly string[]): string {
  if (known.length === 0) return "There are none.";
  const more = known.length > MOST_NAMES ? `, and ${known.length - MOST_NAMES} more` : "";
  return `Contexts: ${known
    .slice(0, MOST_NAMES)
    .map((name) => shorten(printable(name), "name"))
    .join(", ")}${more}.`;
}
