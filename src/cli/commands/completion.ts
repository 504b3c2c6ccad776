import type { Command } from "commander";
import type { Runs } from "./action.js";
import { choiceArgument, examples } from "./options.js";

/** `phalanx completion`, and what the scripts that it prints ask. */
export function completionCommands(program: Command, runs: Runs): void {
  program
    .command("completion")
    .description("Print a script that completes commands, options, environments, applications and keys in a shell.")
    .addArgument(choiceArgument("shell", "The shell.", ["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      examples([
        "source <(phalanx completion bash)                                     # in ~/.bashrc",
        "source <(phalanx completion zsh)                                      # in ~/.zshrc, after compinit",
        "phalanx completion fish > ~/.config/fish/completions/phalanx.fish",
      ]),
    )
    .action(runs(() => import("../completion.js")));
  program
    .command("__complete", { hidden: true })
    .description("List what the last word can be; the scripts of phalanx completion call it.")
    .argument("[word...]", "The words on the line, up to the cursor.")
    .addHelpText("after", examples(["phalanx __complete -- secrets audit ''"]))
    .action(
      runs(async () => {
        const { run } = await import("../complete.js");
        return { run: (context, words: string[]) => run(context, program, words) };
      }),
    );
}
