import { TLS } from "../test/support/api-server.js";
import type { Work } from "./measure.js";
import type { Stage } from "./stage.js";

/** One line of the table: a measurement, next to its unavoidable minimum. */
export interface Row {
  readonly name: string;
  readonly work: Work;
  readonly floor: Work;
  /** The maximum multiple of the floor. */
  readonly limit: number;
  /** Delay of each request in milliseconds. */
  readonly delay: number;
}

const BIN = "dist/bin.cjs";

export interface RowOptions {
  readonly stage: Stage;
  readonly environment: string;
  readonly staticFile: string;
}

function row(name: string, work: Work, floor: Work, limit: number, delay = 0): Row {
  return { name, work, floor, limit, delay };
}

export function rowsOf({ stage, environment, staticFile }: RowOptions): Row[] {
  const { root, vault, connect, connectTitle, cluster, kubeconfig } = stage;
  const tokens = stage.environments.map((name) => [
    `VAULT_TOKEN_${name.toUpperCase().replaceAll("-", "_")}`,
    vault.rootToken,
  ]);
  const env = {
    VAULT_TOKEN: vault.rootToken,
    OP_CONNECT_TOKEN: connect.token,
    CI: "true",
    // Its charts are rendered by nothing else, and the cluster is remembered nowhere else.
    PHALANX_HELM: "none",
    XDG_STATE_HOME: cluster.directory,
    ...Object.fromEntries(tokens),
  };
  const phalanx = (...args: string[]): Work => ({ args: [BIN, ...args], env, exits: [0, 1] });
  const floor = (name: string, ...args: string[]): Work => ({ args: [`bench/floors/${name}.mjs`, root, ...args], env });
  const nothing: Work = { args: ["-e", "0"] };
  const configured = ["--config", root];
  const secrets = (command: string, ...args: string[]): Work =>
    phalanx("secrets", command, environment, ...configured, ...args);
  const sync: Work = { ...secrets("sync", "--secrets", staticFile), exits: [0] };
  let filling: Promise<void> | undefined;
  const status: Work = {
    ...phalanx("rollout", "status", environment, ...configured, "--kubeconfig", kubeconfig),
    before: () => (filling ??= stage.fill(environment)),
  };
  return [
    row("--help", phalanx("--help"), nothing, 1.4),
    row("--version", phalanx("--version"), nothing, 1.4),
    row(`secrets list ${environment}`, secrets("list"), floor("list", environment), 1.5),
    row(
      `first sync of ${environment}`,
      { ...sync, before: () => stage.empty(environment) },
      floor("generate", environment, "1", "2"),
      1.3,
    ),
    row(`sync without changes, ${environment}`, sync, floor("sync", environment), 1.5),
    row("sync without changes, 20 ms round trips", sync, floor("sync", environment), 1.3, 20),
    row(
      "audit with 1Password, 20 ms",
      secrets("audit"),
      floor("connect", environment, connect.url, connectTitle),
      1.4,
      20,
    ),
    row(`lint of ${stage.environments.length} environments`, phalanx("lint", ...configured), floor("lint"), 2),
    row(
      `fleet audit of ${stage.environments.length} environments, 20 ms`,
      phalanx("fleet", "audit", ...configured),
      floor("fleet"),
      1.5,
      20,
    ),
    row(`secrets consumers ${environment}`, secrets("consumers"), floor("consumers", environment), 2),
    row("rollout status, 20 ms", status, floor("rollout", environment, cluster.url, TLS.certFile), 2, 20),
  ];
}
