import { phalanx } from "./cli.js";

/** Every command of the program, as in its help: `secrets audit`, `lint`, and so on. */
export async function listCommands(words: readonly string[] = []): Promise<string[]> {
  const { stdout } = await phalanx([...words, "--help"]);
  const [, section] = stdout.split("\nCommands:\n");
  if (section === undefined) return [words.join(" ")];
  const names = [...(section.split("\n\n")[0] ?? "").matchAll(/^ {2}([a-z]\S*)/gm)].map(([, name = ""]) => name);
  return (await Promise.all(names.map((name) => listCommands([...words, name])))).flat();
}
