import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BIN, phalanxHere, ROOT } from "./cli.js";
import { IN_CI } from "./size.js";

/** A shell for following a page: it keeps its variables and its directory. */
export interface Shell {
  /** What the command shows on a terminal, and its exit status in brackets unless it is 0. */
  run(command: string): Promise<string>;
  export(variables: Readonly<Record<string, string>>): void;
  directory(): string;
}

/** @param home A separate directory; the shell starts in its subdirectory `work`. */
export async function openShell(home: string): Promise<Shell> {
  const bin = join(home, ".bin");
  let directory = join(home, "work");
  await Promise.all([mkdir(bin), mkdir(directory, { recursive: true })]);
  const programs = { phalanx: BIN, vault: `${ROOT}test/support/vault-words.mjs` };
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
  const shown = (text: string, exit: number): string => {
    const printed = text.replace(/\n+$/, "");
    return [...(printed === "" ? [] : [printed]), ...(exit === 0 ? [] : [`(exit status ${exit})`])].join("\n");
  };
  const [output, state] = [join(home, ".output"), join(home, ".state")];
  let env: Record<string, string> = {
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    GITHUB_ACTOR: "ada",
    LC_ALL: "C.UTF-8",
  };
  return {
    run: async (command) => {
      // A command without quotes, pipes and redirections needs neither a shell nor a process.
      if (!IN_CI && /^phalanx [\w ./:=-]+$/.test(command)) {
        let text = "";
        const see = (part: string): void => void (text += part);
        const { exit } = await phalanxHere(command.split(" ").slice(1), { cwd: directory, env, see });
        return shown(text, exit);
      }
      // The output goes to a file: a background program started by a command would keep a pipe open.
      const script = `umask 022\n{ ${command}\n} >"${output}" 2>&1\nstatus=$?\n{ env -0; printf 'PWD_NOW=%s' "$PWD"; } >"${state}"\nexit $status\n`;
      const exit = await new Promise<number>((done, fail) => {
        execFile("bash", ["-c", script], { cwd: directory, env }, (error) => {
          if (error === null) done(0);
          else if (typeof error.code === "number") done(error.code);
          else fail(error);
        });
      });
      const variables = (await readFile(state, "utf8")).split("\0").map((entry) => {
        const at = entry.indexOf("=");
        return [entry.slice(0, at), entry.slice(at + 1)] as const;
      });
      const { PWD_NOW = directory, ...rest } = Object.fromEntries(variables);
      [env, directory] = [rest, PWD_NOW];
      return shown(await readFile(output, "utf8"), exit);
    },
    export: (variables) => {
      env = { ...env, ...variables };
    },
    directory: () => directory,
  };
}
