import { Argument, type Command, Option } from "commander";

export function configOption(): Option {
  return new Option(
    "-c, --config <dir>",
    "Root of the configuration. Default: found at or above the current directory.",
  );
}

/** The options of every command that talks to Vault. */
export function vaultOptions(command: Command): Command {
  return command
    .optionsGroup("Vault:")
    .option(
      "--auth <method>",
      "How to log in: token, approle (VAULT_ROLE_ID, VAULT_SECRET_ID), kubernetes, jwt. Default: as in phalanx.yaml, otherwise token.",
    )
    .option(
      "--auth-mount <mount>",
      "Mount of the login. Default: as in phalanx.yaml, otherwise the name of the method.",
    )
    .option("--role <role>", "Role of a kubernetes or jwt login.")
    .option(
      "--jwt-file <file>",
      "Token of a jwt or kubernetes login. Default: the token of the GitHub Actions job, or of the service account.",
    )
    .option("--vault-address <url>", "Use this server instead of the configuration's vaultUrl.")
    .addOption(requireTlsOption())
    .optionsGroup("Options:");
}

/** The options of every command that compares what an environment requires with what Vault holds. */
export function targetOptions(command: Command): Command {
  return command

    .addOption(repeatable("-e, --exclude <application>", "Leave an application alone; may be given several times."))
    .addOption(secretsOption())
    .addOption(identityOption())
    .option(
      "--assume-empty",
      "If the Vault token is not allowed to list, read only what the environment requires. Existing values are treated as usual.",
    );
}

/** The options of every command that writes secrets: what is noted of its run. */
export function noteOptions(command: Command): Command {
  return command
    .optionsGroup("Notes:")
    .option(
      "--by <text>",
      'Who to record as the author. Default: GITHUB_ACTOR, GITLAB_USER_LOGIN, or the login name; "" leaves it out.',
    )
    .option("--reason <text>", "Why, for secrets history.")
    .option("--audit-log <file>", "Add a line of JSON about this run to a file. Default: PHALANX_AUDIT_LOG.")
    .optionsGroup("Options:");
}

function secretsOption(): Option {
  return filesOption(
    "--secrets <file>",
    "YAML file with the static secrets of the environment; also encrypted with age, or a SOPS file. - is standard input. May be given several times: the later one wins.",
  );
}

/** An option for one file or more; undefined if it is not given. */
export function filesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, previous?: readonly string[]) => [
    ...(previous ?? []),
    value,
  ]);
}

export function requireTlsOption(): Option {
  return new Option("--require-tls", "Refuse unencrypted connections, except to this machine.");
}

/** An option that may be given several times; its values are a list. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description)
    .argParser((value: string, previous: readonly string[]) => [...previous, value])
    .default([], "none");
}

/** An option that takes one of a few words. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

/** An argument that is one of a few words. */
export function choiceArgument(name: string, description: string, choices: readonly string[]): Argument {
  return new Argument(`<${name}>`, description).choices(choices);
}

export function formatOption(formats: readonly string[]): Option {
  return choiceOption("--format <format>", "Format of the output.", formats).default(formats[0]);
}

/** The identity that opens an encrypted static secrets file. */
export function identityOption(): Option {
  return new Option(
    "--identity <file>",
    "Age identity file that opens an encrypted file. Default: PHALANX_AGE_IDENTITY_FILE.",
  );
}

export function encryptToOption(description: string): Option {
  return repeatable("--encrypt-to <recipient>", `${description}; may be given several times.`);
}

export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}
