import type { RunOptions } from "../support/cli.js";
import type { ProxiedRequest } from "../support/proxy.js";
import type { World } from "../support/world.js";

/** One kind of write, and a command that makes it. */
export interface WriteKind {
  readonly name: string;
  readonly matches: (request: ProxiedRequest) => boolean;
  readonly args: readonly string[];
  readonly options?: RunOptions;
  /** What there has to be before each run. */
  readonly prepare: (world: World) => Promise<unknown>;
  /** Whether it was carried out since then, as another program sees it. */
  readonly done: (world: World) => Promise<boolean>;
  /** What the command says of one that was carried out. */
  readonly says: RegExp;
  /** What it says, besides, where it leaves open whether there is something that nobody can be shown. */
  readonly leavesOpen?: RegExp;
  /** What it says, where it is brought to its end, of one that was not, or of which it does not know. */
  readonly misses?: RegExp;
}

const at = (method: string, path: string) => (request: ProxiedRequest) =>
  request.method === method && request.path === path;
const STRANGER = "phalanx/test/stranger";

const stranger = async ({ kv }: World): Promise<void> => {
  await kv.call("DELETE", `secret/metadata/${STRANGER}`);
  await kv.put("stranger", { x: "theirs" });
};
const gone = async ({ kv }: World): Promise<boolean> => (await kv.get("stranger")) === undefined;
const originBefore = ({ kv }: World): Promise<void> => kv.put("origin", { s: "before" });
const set = ["secrets", "set", "test", "origin/s", "--yes"];
const customMetadata = async ({ kv }: World, name: string): Promise<Readonly<Record<string, string>>> => {
  const { body } = await kv.call("GET", `secret/metadata/phalanx/test/${name}`);
  return (body as { data: { custom_metadata: Record<string, string> | null } }).data.custom_metadata ?? {};
};
const ROLE = "auth/approle/role/test";
const POLICY = "sys/policies/acl/phalanx%2Ftest%2Fwrite";
const POLICY_PATH = "sys/policies/acl/phalanx/test/write";

/** The tokens of the environment, by their accessors. */
async function tokens({ kv }: World): Promise<string[]> {
  const { body } = await kv.call("GET", "auth/token/accessors?list=true");
  const { keys } = (body as { data: { keys: string[] } }).data;
  const named = keys.map(async (accessor) => {
    const found = (await kv.call("POST", "auth/token/lookup-accessor", { accessor })).body;
    return (found as { data?: { display_name: string } }).data?.display_name === "token-test" ? [accessor] : [];
  });
  return (await Promise.all(named)).flat();
}
async function endTokens(world: World): Promise<void> {
  for (const accessor of await tokens(world)) await world.kv.call("POST", "auth/token/revoke-accessor", { accessor });
}
async function secretIds({ kv }: World): Promise<string[]> {
  const { body } = await kv.call("GET", `${ROLE}/secret-id?list=true`);
  return (body as { data?: { keys: string[] } }).data?.keys ?? [];
}
const roleBefore = async ({ kv }: World): Promise<void> => {
  await kv.call("DELETE", ROLE);
};
/** The one of before. */
let old = "";

export const WRITES: readonly WriteKind[] = [
  {
    name: "put",
    matches: at("POST", "secret/data/phalanx/test/origin"),
    args: set,
    options: { input: "after" },
    prepare: originBefore,
    done: async ({ kv }) => (await kv.get("origin"))?.["s"] === "after",
    says: /^Updated Vault secret for origin s$/m,
  },
  {
    name: "delete",
    matches: at("POST", `secret/delete/${STRANGER}`),
    args: ["secrets", "sync", "test", "--delete", "--allow-mass-delete"],
    prepare: stranger,
    done: gone,
    says: /^Deleted Vault secret for stranger$/m,
  },
  {
    name: "undelete",
    matches: at("POST", `secret/undelete/${STRANGER}`),
    args: ["secrets", "restore", "test", "--kv-version", "1", "stranger", "--yes"],
    prepare: async (world) => {
      await stranger(world);
      await world.kv.softDelete("stranger");
    },
    done: async (world) => !(await gone(world)),
    says: /^Restored Vault secret for stranger$/m,
  },
  {
    name: "destroy",
    matches: at("DELETE", `secret/metadata/${STRANGER}`),
    args: ["secrets", "sync", "test", "--delete", "--purge", "--allow-mass-delete"],
    options: { terminal: true, answer: "yes" },
    prepare: stranger,
    done: gone,
    says: /^Deleted Vault secret for stranger$/m,
  },
  {
    name: "note",
    matches: at("POST", "secret/metadata/phalanx/test/origin"),
    args: set,
    options: { input: "after" },
    prepare: originBefore,
    done: async (world) => {
      const version = await world.kv.version("origin");
      return (await customMetadata(world, "origin"))["phalanx.writers"]?.startsWith(`${version}|`) ?? false;
    },
    says: /^Updated Vault secret for origin s$/m,
    misses: /^Warning: who wrote this could not be noted/m,
  },
  {
    name: "policy",
    matches: at("PUT", POLICY_PATH),
    args: ["vault", "create-write-token", "test"],
    prepare: async (world) => {
      await endTokens(world);
      await world.kv.call("PUT", POLICY, { policy: 'path "other" { capabilities = ["read"] }' });
    },
    done: async ({ kv }) => !(await kv.call("GET", POLICY)).text.includes("other"),
    says: /^token: /m,
  },
  {
    name: "AppRole",
    matches: at("POST", ROLE),
    args: ["vault", "create-read-approle", "test"],
    prepare: roleBefore,
    done: async ({ kv }) => (await kv.call("GET", ROLE)).status === 200,
    says: /^secret_id: /m,
  },
  {
    name: "SecretID",
    matches: at("POST", `${ROLE}/secret-id`),
    args: ["vault", "create-read-approle", "test"],
    prepare: roleBefore,
    done: async (world) => (await secretIds(world)).length > 0,
    leavesOpen: /no new SecretID was received/,
    says: /^secret_id: /m,
  },
  {
    name: "token",
    matches: at("POST", "auth/token/create-orphan"),
    args: ["vault", "create-write-token", "test"],
    prepare: endTokens,
    done: async (world) => (await tokens(world)).length > 0,
    leavesOpen: /no new token was received/,
    says: /^token: /m,
  },
  {
    name: "revoke",
    matches: at("POST", "auth/token/revoke-accessor"),
    args: ["vault", "create-write-token", "test"],
    prepare: async (world) => {
      await endTokens(world);
      await world.run(["vault", "create-write-token", "test"]);
      old = (await tokens(world))[0] ?? "none";
    },
    done: async (world) => !(await tokens(world)).includes(old),
    says: /^Revoked the token with accessor /m,
    misses: /the token with accessor \S+ may still be valid/,
  },
];
