import type { Core, Reply } from "./core.js";
import { badRequest } from "./errors.js";
import { addVersion, newSecret } from "./kv-versions.js";
import { type KvV1Mount, type KvV2Mount, newSettings, type Secret, type SecretMount } from "./state.js";

/** The mount with each value as the first version of a secret. */
function upgraded({ accessor, uuid, description, values }: KvV1Mount, now: number): KvV2Mount {
  const config = newSettings();
  const secrets = [...values].map(([path, data]): [string, Secret] => {
    const secret = newSecret(now);
    addVersion(config, secret, data, now);
    return [path, { ...secret, oldestVersion: 1 }];
  });
  return { accessor, uuid, description, version: "2", config, secrets: new Map(secrets) };
}

/** What `vault kv enable-versioning` asks for. */
export function changeVersion(core: Core, path: string, mount: SecretMount, version: string): Reply | undefined {
  if (version !== "1" && version !== "2") {
    throw badRequest(`invalid version provided: ${version}`);
  }
  if (mount.version === version) {
    return undefined;
  }
  if (mount.version === "2") {
    throw badRequest("cannot downgrade mount from version 2");
  }
  core.state.mounts.set(path, upgraded(mount, core.now()));
  const notice = "This mount will be unavailable for a brief period and will resume service shortly.";
  // The real one says 0, too.
  return { warnings: [`Upgrading mount from version 1 to version 0. ${notice}`] };
}
