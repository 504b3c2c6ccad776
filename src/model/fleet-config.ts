import * as z from "zod";

const text = z.string().min(1);

/** The name of an environment variable; a token in its place does not look like one. */
const variableName = z.string().regex(/^[A-Za-z_]\w*$/);

const shared = {
  auth: z.enum(["token", "approle", "kubernetes", "jwt"]).optional(),
  mount: text.optional(),
  role: text.optional(),
  jwtFile: text.optional(),
  namespace: text.optional(),
};

/** What holds for every environment that says nothing else: nothing that is a credential of one server. */
export const FleetDefaults = z.strictObject(shared);

/** How to get at one environment: the names of variables and files, never what they hold. */
export const FleetAccess = z.strictObject({
  ...shared,
  tokenVariable: variableName.optional(),
  tokenFile: text.optional(),
  roleIdVariable: variableName.optional(),
  roleIdFile: text.optional(),
  secretIdVariable: variableName.optional(),
  secretIdFile: text.optional(),
  connectTokenVariable: variableName.optional(),
  connectTokenFile: text.optional(),
  secrets: text.optional(),
});
export type FleetAccess = z.infer<typeof FleetAccess>;

export const DEFAULTS_FIELDS: readonly string[] = Object.keys(FleetDefaults.shape);
export const ACCESS_FIELDS: readonly string[] = Object.keys(FleetAccess.shape);
