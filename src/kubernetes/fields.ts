import * as z from "zod/mini";

const text = z.nullish(z.string());
const flag = z.nullish(z.boolean());
const texts = z.nullish(z.array(z.string()));

/** The fields of a kubeconfig, as far as we read them. Others belong to other programs. */
export const ContextFields = z.object({ cluster: z.string(), user: text, namespace: text });

export const ClusterFields = z.object({
  server: z.string(),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": flag,
  "tls-server-name": text,
  "proxy-url": text,
  /** For plugins. */
  extensions: z.nullish(z.array(z.object({ name: z.string(), extension: z.unknown() }))),
});
export type ClusterFields = z.infer<typeof ClusterFields>;

export const ExecFields = z.object({
  apiVersion: z.enum(["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]),
  command: z.string().check(z.minLength(1)),
  args: texts,
  env: z.nullish(z.array(z.object({ name: z.string(), value: z.string() }))),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: z.nullish(z.enum(["Never", "IfAvailable", "Always"])),
});
export type ExecFields = z.infer<typeof ExecFields>;

export const UserFields = z.object({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  as: text,
  "as-uid": text,
  "as-groups": texts,
  "as-user-extra": z.nullish(z.record(z.string(), z.array(z.string()))),
  exec: z.nullish(ExecFields),
  "auth-provider": z.nullish(z.object({ name: text })),
});
export type UserFields = z.infer<typeof UserFields>;
