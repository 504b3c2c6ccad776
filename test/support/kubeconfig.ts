import type { Certificate } from "./certificates.js";

/** The user of a kubeconfig, and the credential. */
export type Credential =
  | { readonly token: string }
  | { readonly tokenFile: string }
  | { readonly certificate: Certificate }
  | { readonly exec: { readonly command: string; readonly args?: readonly string[] } };

export interface KubeContext {
  readonly name?: string;
  readonly namespace?: string;
  readonly server?: string;
}

/** The text of a kubeconfig with one context. */
export function kubeconfig(
  { server, ca, name = "test", namespace }: KubeContext & { readonly server: string; readonly ca: string },
  credential: Credential,
): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const user = (): object => {
    if ("certificate" in credential) {
      const { cert, key } = credential.certificate;
      return { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
    }
    if ("exec" in credential)
      return {
        exec: { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", ...credential.exec },
      };
    return credential;
  };
  const cluster = { server, "certificate-authority-data": base64(ca) };
  // JSON is also YAML.
  return `${JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user: user() }],
    contexts: [{ name, context: { cluster: "test", user: "test", ...(namespace === undefined ? {} : { namespace }) } }],
    "current-context": name,
  })}\n`;
}
