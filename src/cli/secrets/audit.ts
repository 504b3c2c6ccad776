import { MissingItemsError } from "../../sources/onepassword/missing-items.js";
import { ExitCode } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { changesOf, type FailedVerification, type Plan } from "../../model/plan.js";
import type { Environment } from "../../model/environment.js";
import { refId, type SecretRef, sourcesOf } from "../../model/secret.js";
import { computePlan } from "../../operations/compute-plan.js";
import { foreignStops } from "../../operations/guard.js";
import { otherMountHolds } from "../../operations/other-mount.js";
import { foldersUnchecked, stateWarnings } from "../../operations/diagnose.js";
import { sharedPrefix } from "../../operations/shared-prefix.js";
import { renderAudit, renderFailures } from "../../render/audit.js";
import { renderAuditScreen } from "../../render/audit-screen.js";
import { auditResult } from "../../render/audit-json.js";
import { printable } from "../../render/printable.js";
import { stringSteps } from "../../render/string-steps.js";
import { renderMissingItems, missingResult } from "../../render/onepassword-missing.js";
import { stopsOf } from "../../model/plan-stops.js";
import { generatorOf } from "../../secrets/generators.js";
import { verifyGenerated } from "../../secrets/verify.js";
import { type Context, notify } from "../../terminal/context.js";
import { heldNames } from "../../target/held-names.js";
import { type Loaded, loadStaticSecrets, sourceNotes, uncomparedIn } from "../../target/load.js";
import { withLoaded } from "../../target/load-ahead.js";
import { located } from "../../vault/locate.js";
import { withVault } from "../../access/session.js";
import { reportFooter, type Hint, styleFor, print } from "../../terminal/terminal.js";
import { interruptedNotes } from "../../runs/interrupted-run.js";
import { nextCommand } from "../../runs/next-command.js";
import { auditTarget, isInScope, type TargetOptions } from "../../target/target-options.js";

export interface AuditOptions extends TargetOptions {
  readonly verify?: boolean;
}

/** `phalanx secrets audit ENV`: the difference between what an environment requires and what Vault holds. */
export function run(context: Context, name: string, names: readonly string[], given: AuditOptions): Promise<ExitCode> {
  const options = { ...given, names };
  return withLoaded(context, name, options, (loaded) => auditLoaded(context, loaded, options));
}

async function auditLoaded(context: Context, loaded: Loaded, options: AuditOptions): Promise<ExitCode> {
  const { environment } = loaded;
  const { name } = environment;
  const staticSecrets = await loadStaticSecrets(context, environment, options).catch((error: unknown) => {
    if (error instanceof MissingItemsError) return error;
    throw error;
  });
  if (staticSecrets instanceof MissingItemsError) {
    const { missing } = staticSecrets;
    if (context.answer) context.answer.result(missingResult(name, missing), [staticSecrets.diagnostic]);
    else {
      print(context.stdout, renderMissingItems(missing));
      notify(context, diagnostic("audit-not-compared", {}, { subject: { environment: name } }));
    }
    return ExitCode.findings;
  }
  const held = await heldNames(context, loaded, staticSecrets, options.names);
  const target = auditTarget(context, loaded, staticSecrets, { ...options, held });
  const computed = await withVault(context, loaded, staticSecrets, async (session) => {
    const [result, other] = await Promise.all([
      computePlan(session, target),
      otherMountHolds(session, environment.vault),
    ]);
    for (const warning of other) notify(context, warning);
    return { ...result, vault: located(session, environment.vault) };
  });
  for (const source of sourceNotes(target)) notify(context, source);
  const { plan, current, folders, vault } = computed;
  // --verify itself says which hashes do not match.
  for (const warning of stateWarnings({ ...environment, vault }, computed))
    if (isInScope(target, warning) && !(options.verify && warning.code === "hash-older-than-source"))
      notify(context, warning);
  for (const said of await interruptedNotes(context, environment, current, options)) notify(context, said);
  if (folders.length > 0) notify(context, foldersUnchecked(environment, folders));
  warnAbout(context, loaded, plan);
  const failed = (options.verify ? await verifyGenerated(environment, current, context.bcryptVerify) : []).filter(
    (found) => target.only?.keys.has(refId(found)) ?? true,
  );
  const uncompared = uncomparedIn(target);
  if (context.answer) context.answer.result(auditResult(plan, failed), stopsOf({ ...plan, blocked: [] }));
  else
    print(
      context.stdout,
      context.stdout.isTTY
        ? renderAuditScreen(
            {
              plan,
              failed,
              environment,
              names: options.names ?? [],
              verified: options.verify ?? false,
              exclude: target.exclude,
              uncompared: staticSecrets === undefined && uncompared > 0 ? "all" : uncompared,
            },
            styleFor(context, context.stdout),
          ) +
            reportFooter(context, [
              ...hints(name, plan, options, foreignStops(environment, current, {}, plan).length === 0),
              ...invalidHints(environment, failed, options),
            ])
        : renderAudit(plan) + renderFailures(plan, failed),
    );
  if (!context.answer && !context.stdout.isTTY) noteHidden(context, name, plan, options);
  const clean = plan.applications.length + plan.unknown.length + plan.unresolved.length + failed.length === 0;
  return clean ? ExitCode.ok : ExitCode.findings;
}

/** The original's report ends after the unresolved secrets; make clear that there is more. */
function noteHidden(context: Context, name: string, plan: Plan, options: AuditOptions): void {
  const [changes, unknown, unresolved] = [changesOf(plan), plan.unknown.length, plan.unresolved.length];
  if (unresolved === 0 || changes.length + unknown === 0) return;
  const missing = changes.filter(({ cause }) => cause.kind === "missing").length;
  const different = changes.length - missing;
  const command = nextCommand(["secrets", "plan", name, ...(options.names ?? [])], options, options);
  notify(context, diagnostic("audit-findings-hidden", { missing, different, unknown, unresolved, command }));
}

/** A sync keeps a value that its generator cannot have produced. */
function invalidHints(
  environment: Environment,
  failed: readonly FailedVerification[],
  options: AuditOptions,
): readonly Hint[] {
  if (failed.length === 0) return [];
  const { name } = environment;
  const applications = [...new Set(failed.map(({ application }) => application))];
  const hashes = failed.flatMap((each) => {
    const source = sourceOfHash(environment, each);
    return source ? [{ id: refId(each), source: refId(source) }] : [];
  });
  const [hash] = hashes;
  const others = failed.map(refId).filter((id) => !hashes.some((each) => each.id === id));
  // What a hash was made from has been mentioned with it.
  const other = others.find((id) => !hashes.some(({ source }) => source === id)) ?? others[0];
  return [
    [
      "A sync keeps these, and one may be right all the same: check what the service uses. To see the earlier versions:",
      nextCommand(["secrets", "history", name, ...applications], options),
    ],
    ...(hash
      ? [
          [
            `If ${printable(hash.source)} is right, generate only its hash again:`,
            nextCommand(["secrets", "rotate", name, hash.id], options),
          ] as const,
        ]
      : []),
    ...(other === undefined
      ? []
      : [
          [
            `If an earlier version of ${printable(other)} is right, restore it:`,
            nextCommand(["secrets", "restore", name, "--kv-version", "VERSION", other], options),
          ] as const,
          [
            "Only if none is right, generate a new value:",
            nextCommand(["secrets", "rotate", name, other], options),
          ] as const,
        ]),
  ];
}

/** What a hash was made from; undefined for other values. */
function sourceOfHash({ applications }: Environment, { application, key }: SecretRef): SecretRef | undefined {
  const secret = applications.get(application)?.secrets.get(key);
  return secret?.kind === "generate" && generatorOf(secret.rule).isHash ? sourcesOf(secret)[0] : undefined;
}

/** @param settled Whether the prefix is this environment's, so that it may be written. */
function hints(
  name: string,
  { applications, unknown, unresolved, blocked }: Plan,
  options: AuditOptions,
  settled: boolean,
): readonly Hint[] {
  if (unresolved.length > 0) {
    const foreign = unresolved.flatMap(({ reason, ...ref }) =>
      reason.kind === "not-a-string" ? [stringSteps(reason, ref, name)] : [],
    )[0];
    // What a value that is not a string explains needs no explanation of its own.
    const first = unresolved.find(
      ({ reason: { kind } }) => foreign === undefined || (kind !== "not-a-string" && kind !== "source-unresolved"),
    );
    return [
      ...(foreign ?? []).map(([what, words]): Hint => [what, nextCommand(words, options)]),
      ...(first
        ? [
            [
              "To see where such a value should come from:",
              nextCommand(["secrets", "explain", name, refId(first)], options),
            ] as const,
          ]
        : []),
      ...(unresolved.some(({ reason }) => reason.kind === "no-static-value")
        ? [
            [
              "To see what you still have to provide:",
              nextCommand(["secrets", "missing", name], options, options),
            ] as const,
          ]
        : []),
    ];
  }
  const names = options.names ?? [];
  const plan = nextCommand(["secrets", "plan", name, ...names], options, options);
  const deletion = nextCommand(["secrets", "plan", name, ...names, "--delete"], options, options);
  if (blocked.length > 0) return [["To see what blocks a sync, and what to do about it:", plan]];
  return [
    ...(settled && applications.length > 0 ? [["To see what a sync would change:", plan] as const] : []),
    ...unknown
      .slice(0, 1)
      .map(
        (each): Hint => [
          "To see what Vault knows of a leftover:",
          nextCommand(["secrets", "explain", name, refId(each)], options),
        ],
      ),
    ...(unknown.length > 0 ? [["To see what a deletion would do:", deletion] as const] : []),
  ];
}

function warnAbout(context: Context, loaded: Loaded, { blocked, unknown }: Plan): void {
  const { environment, sharers, unreadableSiblings } = loaded;
  for (const warning of sharedPrefix(environment.name, sharers(), "secrets")) notify(context, warning);
  for (const stop of stopsOf({ environment: environment.name, blocked, unresolved: [] })) notify(context, stop);
  const environments = unknown.length > 0 ? unreadableSiblings() : [];
  if (environments.length > 0) notify(context, diagnostic("unknown-maybe-of-sibling", { environments }));
}
