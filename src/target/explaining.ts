import { switchOf } from "../config/application-switch.js";
import { declaredNature } from "../config/application.js";
import { settingEdit } from "../config/edit.js";
import { explainEnvironment } from "../config/explain.js";
import type { Tree } from "../config/tree.js";
import { compareCodePoints } from "../model/code-points.js";
import type { Declaration } from "../model/declaration.js";
import { type Environment, PULL_SECRET } from "../model/environment.js";
import type { ApplicationSwitch, Edit, Hop, Obstacle, ShortApplication } from "../model/explanation.js";
import type { UnresolvedSecret } from "../model/plan.js";
import { natureOf, type SecretRef } from "../model/secret.js";
import { type Chain, chains } from "../secrets/chain.js";
import { resolveDeclared } from "../secrets/resolve-declared.js";

/** What the configuration says about the secrets of an environment: where, why, and what to change. */
export interface Explaining {
  readonly declaration: (ref: SecretRef) => Declaration | undefined;
  readonly switchOf: (application: string) => ApplicationSwitch;
  /** The edit that makes a secret's condition true; undefined if it has none, or if it is true. */
  readonly conditionEdit: (ref: SecretRef) => Edit | undefined;
  readonly chain: (ref: SecretRef) => {
    readonly hops: readonly Hop[];
    readonly hidden: number;
    readonly obstacle: Obstacle | undefined;
  };
  /** Every application in the settings, with its secrets if it is enabled. */
  readonly inShort: () => readonly ShortApplication[];
}

/**
 * @param environment The environment to explain, which may enable more than its settings do.
 * @param isEnabled Whether the settings enable an application.
 */
export function explaining(
  tree: Tree,
  environment: Environment,
  isEnabled: (application: string) => boolean,
): Explaining {
  const { name } = environment;
  const explain = explainEnvironment(tree, name);
  const declaration = ({ application, key }: SecretRef): Declaration | undefined =>
    isEnabled(application) || environment.disabled.has(application) || environment.applications.has(application)
      ? explain(application, key)
      : undefined;
  const switchFor = (application: string): ApplicationSwitch =>
    switchOf(tree, name, application, isEnabled(application));
  const falseCondition = (ref: SecretRef) =>
    declaration(ref)?.conditions.find(({ of, holds }) => of === "secret" && !holds);
  const conditionEdit = (ref: SecretRef): Edit | undefined => {
    const condition = falseCondition(ref);
    const file = `applications/${ref.application}/values-${name}.yaml`;
    return condition && settingEdit(tree, file, condition.path.split("."));
  };
  const hopOf = (ref: SecretRef): Hop => {
    const secret = environment.applications.get(ref.application)?.secrets.get(ref.key);
    const declared = declaration(ref);
    const nature = secret ? natureOf(secret) : declared && declaredNature(ref, declared.written);
    const enabled = isEnabled(ref.application);
    return { ...ref, enabled, required: secret !== undefined, nature, declared: declared?.position };
  };
  /** Where the reason is decided, and what would change it. */
  const decision = ({ reason, ...ref }: UnresolvedSecret): Omit<Obstacle, keyof UnresolvedSecret> => {
    const nothing = { decidedBy: undefined, condition: undefined, change: undefined };
    if (!("source" in reason)) return nothing;
    const { source } = reason;
    switch (reason.kind) {
      case "source-application-not-enabled": {
        const { decidedBy, change } = switchFor(source.application);
        return { ...nothing, decidedBy, change };
      }
      case "source-condition-false": {
        const condition = falseCondition(source);
        return { decidedBy: condition?.decidedBy, condition: condition?.path, change: conditionEdit(source) };
      }
      case "source-undeclared": {
        const place = declaration(ref)?.source();
        const meant = reason.meant?.application === source.application ? reason.meant.key : undefined;
        if (place === undefined || meant === undefined) return { ...nothing, decidedBy: place };
        const isCopy = declaration(ref)?.written.copy;
        const keys = [isCopy ? "key" : "source"];
        return {
          ...nothing,
          decidedBy: place,
          change: { place, replaces: true, under: [], keys, value: meant, indent: 0 },
        };
      }
      default:
        return nothing;
    }
  };
  let follow: ((ref: SecretRef) => Chain) | undefined;
  return {
    declaration,
    switchOf: switchFor,
    conditionEdit,
    chain: (ref) => {
      const { refs, hidden, stop } = (follow ??= chains(resolveDeclared(environment)))(ref);
      const found = stop && withoutChart(stop, (application) => tree.exists(`applications/${application}/Chart.yaml`));
      return { hops: refs.map(hopOf), hidden, obstacle: found && { ...found, ...decision(found) } };
    },
    inShort: () => {
      const known = new Set([...environment.applications.keys(), ...environment.disabled]);
      known.delete(PULL_SECRET);
      return [...known].sort(compareCodePoints).map((application): ShortApplication => {
        const { secrets, notRequired } = environment.applications.get(application) ?? {};
        return {
          ...switchFor(application),
          secrets: [...(secrets?.keys() ?? []), ...(notRequired?.keys() ?? [])]
            .sort(compareCodePoints)
            .flatMap((key) => {
              const { nature, required } = hopOf({ application, key });
              return nature ? [{ key, nature, required, declaration: declaration({ application, key }) }] : [];
            }),
        };
      });
    },
  };
}

/** A source in a non-existent application has a wrong name; enabling the application would not help. */
function withoutChart(stop: UnresolvedSecret, exists: (application: string) => boolean): UnresolvedSecret {
  const { reason } = stop;
  if (reason.kind !== "source-application-not-enabled" || exists(reason.source.application)) return stop;
  return { ...stop, reason: { ...reason, kind: "source-undeclared" } };
}
