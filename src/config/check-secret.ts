import type { SecretRef } from "../model/secret.js";
import type { WrittenSecret } from "../model/written-secret.js";
import { isConditionPath } from "./condition.js";
import { whyImpossible } from "./random-rule.js";
import { parseTemplate } from "./template.js";

type Report = (path: readonly string[], message: string, hint?: string) => void;

/** The rules for an entry of `secrets.yaml` that its schema cannot express. Reports every violation. */
export function checkSecret(ref: SecretRef, secret: WrittenSecret, report: Report): void {
  const { copy, generate } = secret;
  const conditions: [readonly string[], string | null | undefined][] = [
    [["if"], secret.if],
    [["copy", "if"], copy?.if],
    [["generate", "if"], generate?.if],
  ];
  for (const [path, condition] of conditions) {
    if (condition && !isConditionPath(condition)) {
      report(
        path,
        "the condition is no path",
        "Write a dotted path into the application's Helm values, as in config.slack.enabled.",
      );
    }
  }
  const alwaysCopied = copy && !copy.if;
  const alwaysGenerated = generate && !generate.if;
  if (!secret.description && !alwaysCopied) {
    report([], "description must be set", "Say what the secret is for and whether it can be changed at any time.");
  }
  if (alwaysCopied && alwaysGenerated) {
    report([], "both copy and generate may not be set unconditionally for the same secret");
  }
  if ((alwaysCopied || alwaysGenerated) && secret.value) {
    report(["value"], "value may not be set if copy or generate is set");
  }
  if (copy && copy.application === ref.application && copy.key === ref.key) {
    report(["copy"], "the secret is copied from itself");
  }
  if (generate?.type === "random") {
    const reason = whyImpossible(generate);
    if (reason !== undefined) report(["generate"], `the rule cannot be met: ${reason}`);
  }
  if (generate?.type === "template") checkTemplate(ref, generate.template, report);
  if (generate && "source" in generate && generate.source === ref.key) {
    report(["generate", "source"], "the secret is generated from itself");
  }
}

function checkTemplate(ref: SecretRef, text: string, report: Report): void {
  const path = ["generate", "template"];
  const parts = parseTemplate(text, ref.application);
  if (parts === undefined) {
    report(path, "a $ begins nothing", "Write ${APP/KEY} for the value of a secret, and $$ for a dollar sign.");
    return;
  }
  const sources = parts.filter((part) => typeof part !== "string");
  if (sources.length === 0) report(path, "the template holds no secret", "Use a fixed value instead.");
  if (sources.some((source) => source.application === ref.application && source.key === ref.key)) {
    report(path, "the secret is made from itself");
  }
}
