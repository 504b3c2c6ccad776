import { CHARACTER_CLASSES, type CharacterClass, type RandomRule } from "../model/secret.js";

interface Randomness {
  readonly randomBytes: (size: number) => Uint8Array;
}

export function classOf(character: string): CharacterClass {
  if (/^[a-z]$/.test(character)) return "lower";
  if (/^[A-Z]$/.test(character)) return "upper";
  return /^[0-9]$/.test(character) ? "digit" : "symbol";
}

/** A text of a rule's characters with at least the wanted number of each class, every such place equally likely. */
export function randomText({ length, charset, minimum }: RandomRule, random: Randomness): string {
  const characters = Array.from(charset);
  const text: string[] = [];
  for (const wanted of CHARACTER_CLASSES) {
    const candidates = characters.filter((character) => classOf(character) === wanted);
    for (let i = 0; i < (minimum[wanted] ?? 0); i++) text.push(pick(candidates, random));
  }
  while (text.length < length) text.push(pick(characters, random));
  // Fisher and Yates: otherwise the classes would stand in a known order.
  for (let i = text.length - 1; i > 0; i--) {
    const j = randomIndex(i + 1, random);
    const [a, b] = [text[i] ?? "", text[j] ?? ""];
    text[i] = b;
    text[j] = a;
  }
  return text.join("");
}

function pick(candidates: readonly string[], random: Randomness): string {
  // Of nothing, no number would ever be small enough.
  if (candidates.length === 0) throw new Error("a class without characters was wanted");
  return candidates[randomIndex(candidates.length, random)] ?? "";
}

/** A number below `end`, each equally likely: what would favour the first ones is thrown away. */
function randomIndex(end: number, random: Randomness): number {
  const limit = 2 ** 32 - (2 ** 32 % end);
  for (;;) {
    const bytes = random.randomBytes(4);
    const number = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (number < limit) return number % end;
  }
}
