import * as z from "zod/mini";
import { isNamespace, isPath } from "./names.js";

const text = z.string().check(z.minLength(1));

/** The name of an environment variable; a token in its place does not match. */
export const variableName = z.string().check(z.regex(/^[A-Za-z_]\w*$/));

const shared = {
  auth: z.optional(z.enum(["token", "approle", "kubernetes", "jwt"])),
  mount: z.optional(z.string().check(z.refine(isPath))),
  role: z.optional(text),
  jwtFile: z.optional(text),
  namespace: z.optional(z.string().check(z.refine(isNamespace))),
};

/** Defaults for every environment: without anything that is a credential of one server. */
export const FleetDefaults = z.strictObject(shared);

/** How to access one environment: the names of variables and files, never their content. */
export const FleetAccess = z.strictObject({
  ...shared,
  tokenVariable: z.optional(variableName),
  tokenFile: z.optional(text),
  roleIdVariable: z.optional(variableName),
  roleIdFile: z.optional(text),
  secretIdVariable: z.optional(variableName),
  secretIdFile: z.optional(text),
  connectTokenVariable: z.optional(variableName),
  connectTokenFile: z.optional(text),
  secrets: z.optional(text),
});
export type FleetAccess = z.infer<typeof FleetAccess>;

/** An environment's name as the suffix of a variable: upper case, special characters as `_`. */
export function variableSuffix(environment: string): string {
  return environment.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

/** The variables with an environment's credentials, by the fields that could name others. */
export function ownVariables(environment: string) {
  const suffix = variableSuffix(environment);
  return {
    tokenVariable: `VAULT_TOKEN_${suffix}`,
    roleIdVariable: `VAULT_ROLE_ID_${suffix}`,
    secretIdVariable: `VAULT_SECRET_ID_${suffix}`,
    connectTokenVariable: `OP_CONNECT_TOKEN_${suffix}`,
  } as const satisfies Partial<Record<keyof FleetAccess, string>>;
}

export const DEFAULTS_FIELDS: readonly string[] = Object.keys(FleetDefaults.shape);
export const ACCESS_FIELDS: readonly string[] = Object.keys(FleetAccess.shape);
