import type { ExitCode } from "../../src/errors.js";

export const EXIT_STATUS: Readonly<Record<keyof typeof ExitCode, string>> = {
  ok: "Done, without findings. A plan or a diff with changes also ends with 0, unless --detailed-exitcode or --exit-code is given.",
  findings:
    "One of: findings; a command that did only a part of its work, or cannot tell whether a write was carried out (a run prints what it wrote); a run that could not be added to the audit log; output that could not be written; a crash.",
  usage:
    "Bad input, missing credentials, an unreachable server, a sync with unresolved secrets. Nothing was written to Vault.",
};

/** The areas of the diagnostics, by the file of `src/model/diagnostics/` that has their codes. */
export const DIAGNOSTIC_AREAS: Readonly<Record<string, string>> = {
  "usage.ts": "The command line",
  "target.ts": "Which environment and which secrets",
  "cli.ts": "Edit, set, copy and other commands",
  "terminal.ts": "The terminal and its streams",
  "files.ts": "Files that phalanx writes or edits",
  "config.ts": "The configuration",
  "yaml.ts": "YAML files and their fields",
  "lint.ts": "Lint",
  "git.ts": "Git, and comparing two sides",
  "sources.ts": "Static secrets and their sources",
  "onepassword.ts": "1Password",
  "access.ts": "Credentials and logging in",
  "http.ts": "Connections, TLS and proxies",
  "vault.ts": "Vault and its answers",
  "secrets.ts": "Secrets without a value",
  "plans.ts": "Plans and plan files",
  "operations.ts": "Before, during and after a write",
  "runs.ts": "Interrupted runs, earlier values and deletion",
  "records.ts": "Notes of runs, and the audit log",
  "fleet.ts": "Fleet audits",
  "kubernetes.ts": "Reaching and reading a cluster",
  "rollout.ts": "What runs in a cluster",
  "action.ts": "The GitHub Action",
  "library.ts": "The library",
};

/** Every environment variable that the program reads. */
export const ENVIRONMENT_VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Vault: credentials": {
    VAULT_TOKEN: "The token.",
    VAULT_TOKEN_FILE: "A file that holds the token, if VAULT_TOKEN is not set.",
    VAULT_ROLE_ID: "For an AppRole login: the RoleID.",
    VAULT_SECRET_ID: "For an AppRole login: the SecretID.",
    VAULT_ROLE_ID_FILE: "A file that holds the RoleID, if VAULT_ROLE_ID is not set.",
    VAULT_SECRET_ID_FILE: "A file that holds the SecretID, if VAULT_SECRET_ID is not set.",
    ACTIONS_ID_TOKEN_REQUEST_URL: "With --auth jwt in GitHub Actions: where the job's token comes from.",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "With --auth jwt in GitHub Actions: the credential that requests the job's token.",
  },
  "Vault: which server, and how": {
    VAULT_ADDR:
      "Which server this shell's credentials are for. Without --vault-address, requests go to vaultUrl of the configuration; if that is another server, none of this shell's credentials is sent there: exit status 2. (Exception: a fleet audit does not read VAULT_ADDR. A token in the static secrets is still sent, with a warning.) ~/.vault-token is used only if VAULT_ADDR is set and names the same server.",
    VAULT_NAMESPACE: "The namespace. HashiCorp Vault Community has none, and ignores it.",
    VAULT_CACERT: "A file of certificates to trust, instead of the usual ones.",
    VAULT_CAPATH: "A directory of certificates to trust instead, if VAULT_CACERT is not set.",
    VAULT_CLIENT_CERT: "The certificate to present.",
    VAULT_CLIENT_KEY: "The key of the certificate in VAULT_CLIENT_CERT.",
    VAULT_TLS_SERVER_NAME: "The name that the server's certificate must have.",
    VAULT_SKIP_VERIFY: "Set, and not 0, f or false: the server's certificate is not checked.",
    VAULT_CLIENT_TIMEOUT:
      "Seconds, or a duration, that a request may take from the connection to the last byte of its response. Default: 60.",
  },
  "1Password": {
    OP_CONNECT_TOKEN: "The token of 1Password Connect.",
    OP_CONNECT_HOST:
      "Which server OP_CONNECT_TOKEN is for. If connectUrl in the configuration names another server, the token is not sent: exit status 2.",
    OP_CONNECT_TIMEOUT: "The same as VAULT_CLIENT_TIMEOUT, for requests to 1Password Connect.",
  },
  "A fleet audit": {
    "VAULT_TOKEN_<ENV>": "The token for one environment; its name in upper case, with _ for every - and dot.",
    "VAULT_ROLE_ID_<ENV>": "The RoleID for one environment.",
    "VAULT_SECRET_ID_<ENV>": "The SecretID for one environment.",
    "OP_CONNECT_TOKEN_<ENV>": "The 1Password Connect token for one environment.",
    PHALANX_FINGERPRINT_KEY:
      "The key with which values of different shards are compared: random, at least 32 characters.",
  },
  "A cluster": {
    KUBECONFIG: "The kubeconfigs, as kubectl reads them: several with colons between them. Default: ~/.kube/config.",
    KUBERNETES_SERVICE_HOST: "In a pod without a kubeconfig: the host of the cluster's API server. Set by Kubernetes.",
    KUBERNETES_SERVICE_PORT: "The port of that server. Set by Kubernetes.",
  },
  "Encrypted files": {
    PHALANX_AGE_IDENTITY_FILE: "An age identity file.",
    SOPS_AGE_KEY_FILE: "An age identity file, for SOPS files only.",
    SOPS_AGE_KEY: "Age identities themselves, for SOPS files only.",
    VISUAL: "The editor of secrets edit.",
    EDITOR: "The editor, if VISUAL is not set. If neither is set, it is vi.",
  },
  Network: {
    HTTPS_PROXY:
      "The proxy for https:// servers; also https_proxy. http://HOST:PORT, HOST:PORT, or https://HOST:PORT for a proxy that uses TLS. Put USER:PASSWORD@ before the host if the proxy requires them. Connections to this machine never use the proxy.",
    HTTP_PROXY: "The proxy for http:// servers; also http_proxy. It must permit CONNECT to their port.",
    NO_PROXY:
      "Hosts to reach without a proxy, separated by commas or spaces; also no_proxy. NAME or .NAME matches the host and its subdomains, *.NAME only the subdomains. Entries can also be IP addresses, networks such as 10.0.0.0/8, or * for everything. A name or an address can have a port.",
    REQUEST_METHOD: "Set, as in CGI: HTTP_PROXY is not read, because a client could have sent it.",
    REQUESTS_CA_BUNDLE: "Not used. If it is set and a certificate is not trusted, the hint says what to set instead.",
    CURL_CA_BUNDLE: "Not used, like REQUESTS_CA_BUNDLE.",
    NODE_EXTRA_CA_CERTS: "Node's own: a file of certificates to trust besides the usual ones.",
  },
  Terminal: {
    CI: "Set: no confirmation is asked for, and no progress is shown.",
    NO_COLOR: "Set: no colour.",
    FORCE_COLOR: "Set, and not 0: colour even without a terminal.",
    TERM: "dumb: no colour.",
  },
  "This machine": {
    HOME: "Where ~/.vault-token, ~/.kube/config, ~/.local/state and ~/.cache are.",
    XDG_STATE_HOME:
      "What phalanx remembers, such as interrupted runs and the cluster of an environment, is kept in phalanx/ below this directory. It must be an absolute path. Default: ~/.local/state.",
    XDG_CACHE_HOME:
      "Results of rendering charts with helm are cached in phalanx/ below this directory. It must be an absolute path. Default: ~/.cache.",
    PHALANX_HELM:
      "Absolute path of the helm that renders charts, or none: then their templates are read. Default: helm on PATH.",
    XDG_RUNTIME_DIR: "Where secrets edit keeps the file that is being edited.",
    TMPDIR:
      "Where secrets edit keeps that file if XDG_RUNTIME_DIR is not set, or if others can change that directory. Charts are rendered in TMPDIR, too.",
    SUDO_UID: "As root: a configuration that phalanx finds by itself may also belong to this user. Set by sudo.",
    PHALANX_AUDIT_LOG: "The default of --audit-log, for every command that has this option.",
    GITHUB_ACTOR: "Who is noted as the author of a run or a plan file. Set by GitHub.",
    GITLAB_USER_LOGIN: "Like GITHUB_ACTOR, set by GitLab. If neither is set: the login name.",
  },
};
