import type { DevConnectVault } from "./dev-connect/index.js";
import { canary } from "./canaries.js";
import { section } from "./onepassword.js";
import { environmentFiles } from "./tree.js";

/** One for each place that a value can come from. */
export const CANARIES: Record<string, string> = Object.fromEntries(
  `root token, wrong token, static value, second line, client secret, registry password, write token,
   stored value, foreign value, unknown value, SecretID, Connect token, JWT, typed value, passphrase,
   1Password value, 1Password client, 1Password password, 1Password write token, superfluous field,
   edited value, broken identity, broken plan, broken key, proxy password, GitHub token, helper token,
   fleet token, error text, fingerprint key`
    .split(/,\s+/)
    .map((name) => [name, canary()]),
);
export const of = (name: string): string => CANARIES[name] ?? "";

const APPLICATIONS = {
  app: {
    secrets:
      "p: {description: x, generate: {type: password}}\ns: {description: x}\nm: {description: x}\nh: {description: x, generate: {type: bcrypt-password-hash, source: p}}\n" +
      "o: {description: x, generate: {type: oidc-clients}}\nk: {description: x, generate: {type: rsa-private-key}}\nt: {description: x, generate: {type: template, template: 'x://${s}@${p}'}}\n",
  },
  other: { secrets: "c: {description: x, copy: {application: app, key: s}}\n" },
};

const STATIC = `applications:
  app:
    s: {value: ${of("static value")}}
    m: {value: "line\\n${of("second line")}\\n"}
oidc-clients: {client: {id: i, secret: ${of("client secret")}, return_uri: u}}
pull-secret: {registries: {example.org: {username: u, password: ${of("registry password")}}}}
vault-write-token: ${of("write token")}
`;

/** What 1Password holds. */
export const CANARY_VAULTS: readonly DevConnectVault[] = [
  {
    title: "Secrets",
    items: [
      {
        title: "app",
        fields: [
          { label: "s", value: of("1Password value") },
          { label: "m", value: "x" },
          { label: "old", value: of("superfluous field") },
        ],
      },
      { title: "oidc-clients", fields: section("c", { id: "i", secret: of("1Password client"), return_uri: "u" }) },
      { title: "pull-secret", fields: section("h", { username: "u", password: of("1Password password") }) },
      { title: "vault-write-token", fields: [{ label: "vault-token", value: of("1Password write token") }] },
    ],
  },
];

/** A configuration and files of every kind that may contain a value, valid and broken. */
export function canaryFiles(vaultUrl: string, connectUrl: string): Record<string, string> {
  const settings = (prefix: string, more = ""): string =>
    `vaultUrl: ${vaultUrl}\nvaultPathPrefix: secret/phalanx/${prefix}\napplications: {app: true, other: true}\n${more}`;
  return environmentFiles(vaultUrl, APPLICATIONS, {
    "environments/values-one.yaml": settings(
      "one",
      `onepassword: {connectUrl: "${connectUrl}", vaultTitle: Secrets}\n`,
    ),
    "environments/values-two.yaml": settings("two"),
    "static.yaml": STATIC,
    "wrong-type.yaml": `applications: {app: {s: ${of("static value")}, m: {value: [${of("second line")}], valeu: ${of("client secret")}}}}\n`,
    "lost-field.yaml": `applications: {app: {s: {${of("static value")}}, m: {? ${of("second line")}}}}\nvault-write-token: {${of("write token")}}\n${of("unknown value")}: x\n`,
    "broken.yaml": `applications: {app: {s: {value: "${of("static value")}\n`,
    "tab.yaml": `applications:\n  app:\n\ts: {value: ${of("static value")}}\n`,
    "alias.yaml": `a: &${of("static value")} x\nb: *${of("client secret")}\nc: !${of("registry password")} y\n`,
    "fleet.yaml": `environments: {two: {VAULT_TOKEN: ${of("fleet token")}}}\n`,
    "broken-identity.txt": `AGE-SECRET-KEY-1${of("broken identity")}\n`,
    "broken.plan": `{"format": "phalanx-plan", ${of("broken plan")}`,
    "broken-key.pem": `-----BEGIN PRIVATE KEY-----\n${of("broken key")}\n-----END PRIVATE KEY-----\n`,
    ".vault-token": `${of("helper token")}\n`,
    jwt: of("JWT"),
    "mistake.mjs": `const { canParse } = URL; URL.canParse = (text) => { if (process.env.MISTAKE === "throw") throw new TypeError("${of("error text")}"); Promise.reject(new Error("${of("error text")}")); return canParse(text); };\n`,
    "editor.sh": `#!/bin/sh\nprintf '%s\\n' "$@" > "$HOME/editor-arguments"\nprintf 'applications: {app: {s: {value: ${of("edited value")}}}}\\n' > "$1"\n`,
    "broken-editor.sh": `#!/bin/sh\nprintf 'applications: {app: {s: {${of("edited value")}}}}\\n' > "$1"\n`,
  });
}
