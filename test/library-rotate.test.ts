import { expect, test } from "vitest";
import { loadEnvironment, openVault, plan } from "../src/index.js";
import { worldsForEach } from "./support/world.js";

const open = worldsForEach();

test("the library rotates what `secrets rotate` rotates, and nothing else", async () => {
  const world = await open({
    app: {
      secrets:
        "clients: {description: x, generate: {type: oidc-clients}}\n" +
        "fixed: {description: x, value: y}\n" +
        "password: {description: x, generate: {type: password}}\n",
    },
  });
  const loaded = loadEnvironment(world.tree.root, "test");
  const vault = await openVault(loaded.environment, { token: world.vault.rootToken });
  const rotate = (key: string): Promise<unknown> => plan(vault, loaded, { rotate: [{ application: "app", key }] });
  try {
    await expect(rotate("clients")).rejects.toThrow("app/clients");
    await expect(rotate("fixed")).rejects.toThrow("app/fixed");
    await expect(rotate("password")).resolves.toBeDefined();
  } finally {
    vault.close();
  }
});
