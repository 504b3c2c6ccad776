import { expect, test } from "vitest";
import { variableSuffix } from "../model/fleet-config.js";
import { refuseCollisions } from "./variables.js";

test("two environments whose variables would be the same are refused", () => {
  expect(variableSuffix("usdf-cm.dev")).toBe("USDF_CM_DEV");
  expect(() => refuseCollisions(["a-b"], ["a-b", "a_b"])).toThrow("VAULT_TOKEN_A_B would be the token for both");
  expect(() => refuseCollisions(["file"], ["file"])).toThrow("VAULT_TOKEN_FILE would be the token of file");
  expect(() => refuseCollisions(["a-b"], ["a-b", "ab"])).not.toThrow();
});
