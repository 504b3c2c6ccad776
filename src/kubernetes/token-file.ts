import type { ClusterPorts, Identity, Login } from "./access.js";
import { readText } from "./material.js";

/**
 * A login with a token that is renewed externally: its file is read on each use.
 *
 * @param setting What names the file.
 */
export function loginByFile(
  path: string,
  setting: string,
  identityOf: (token: string, origin: string) => Identity,
  ports: Pick<ClusterPorts, "env" | "notify">,
): Login {
  // Warn about its owner only once.
  let { notify } = ports;
  const identify = async (): Promise<Identity> => {
    const text = await readText(path, path, setting, { ...ports, notify });
    notify = () => {};
    return identityOf(text.trim(), path);
  };
  return {
    identify,
    renew: async ({ headers }) => {
      const next = await identify();
      return next.headers["authorization"] === headers["authorization"] ? undefined : next;
    },
  };
}
