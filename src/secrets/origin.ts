import { type Environment, PULL_SECRET } from "../model/environment.js";
import type { Origin } from "../model/impact.js";
import { OIDC_CLIENTS_ITEM } from "../model/onepassword.js";
import type { Change } from "../model/plan.js";
import { type Secret, sourcesOf } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";

/** What determines where new values come from. */
export interface Sources {
  readonly environment: Pick<Environment, "applications">;
  readonly staticSecrets: StaticSecrets | undefined;
}

/** Where the new value of a change comes from; undefined if there is none, or it is unknown. */
export function originOf(
  { application, key, action, cause }: Change,
  { environment, staticSecrets }: Sources,
): Origin | undefined {
  if (action === "delete") return undefined;
  if (cause.kind === "restored") return { kind: "version", version: cause.version };
  if (cause.kind === "other-prefix") return { kind: "prefix", prefix: cause.prefix };
  if (application === PULL_SECRET) return provided(staticSecrets, PULL_SECRET);
  const secret = environment.applications.get(application)?.secrets.get(key);
  return secret && originOfSecret(secret, staticSecrets);
}

function originOfSecret(secret: Secret, staticSecrets: StaticSecrets | undefined): Origin | undefined {
  const sources = sourcesOf(secret).map(({ application, key }) => ({ application, key }));
  switch (secret.kind) {
    case "static":
      return provided(staticSecrets, secret.application);
    case "fixed":
      return { kind: "fixed", ...(secret.file !== undefined && { file: secret.file }) };
    case "copy":
      return { kind: "copied", sources };
    case "template":
      return { kind: "made", by: "template", sources };
    case "generate": {
      const { type } = secret.rule;
      if (type === "oidc-clients") return provided(staticSecrets, OIDC_CLIENTS_ITEM) ?? { kind: "no-clients" };
      return sources.length > 0 ? { kind: "made", by: type, sources } : { kind: "generated", generator: type };
    }
  }
}

function provided(staticSecrets: StaticSecrets | undefined, item: string): Origin | undefined {
  if (staticSecrets === undefined) return undefined;
  const { origin, files = [] } = staticSecrets;
  if (origin === "onepassword") return { kind: "onepassword", item };
  return files.length > 0 ? { kind: "file", files } : { kind: "input" };
}
