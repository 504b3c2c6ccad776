import { CHARACTER_CLASSES, CLASS_NAMES, type RandomRule } from "../model/secret.js";

interface Randomness {
  readonly randomBytes: (size: number) => Uint8Array;
}

/** A random text of a rule's characters with at least the required number from each class, uniformly placed. */
export function randomText({ length, charset, minimum }: RandomRule, random: Randomness): string {
  const characters = Array.from(charset);
  const text: string[] = [];
  // Each at a random position: otherwise the classes would appear in a known order.
  const add = (candidates: readonly string[]): void => {
    text.splice(randomIndex(text.length + 1, random), 0, pick(candidates, random));
  };
  for (const wanted of CLASS_NAMES) {
    const candidates = characters.filter((character) => CHARACTER_CLASSES[wanted].test(character));
    for (let i = 0; i < (minimum[wanted] ?? 0); i++) add(candidates);
  }
  while (text.length < length) add(characters);
  return text.join("");
}

function pick(candidates: readonly string[], random: Randomness): string {
  const picked = candidates[randomIndex(candidates.length, random)];
  if (picked === undefined) throw new Error("a class without characters was wanted");
  return picked;
}

/** A uniform number below `end`: rejects draws that would favour the first ones. NaN for 0. */
function randomIndex(end: number, random: Randomness): number {
  const limit = 2 ** 32 - (2 ** 32 % end);
  let number: number;
  do {
    const bytes = random.randomBytes(4);
    number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  } while (number >= limit);
  return number % end;
}
