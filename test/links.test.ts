import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./support/cli.js";
import { documents } from "./support/documents.js";

const texts = new Map<string, string>();
for (const path of await documents()) texts.set(path, await readFile(`${ROOT}${path}`, "utf8"));

const withoutCode = (text: string): string =>
  text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** As GitHub makes them, and the site too: what a heading is called in a link. */
function anchors(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ""] of text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "").matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let name = slug;
    for (let i = 1; found.has(name); i++) name = `${slug}-${i}`;
    found.add(name);
  }
  for (const [, id = ""] of text.matchAll(/<a id="([^"]+)"/g)) found.add(id);
  return found;
}

test.each([...texts.keys()])("the links of %s lead somewhere", (path) => {
  const broken = [];
  for (const [, target = ""] of withoutCode(texts.get(path) ?? "").matchAll(/\]\(<?([^)\s>]+)>?\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file = "", anchor] = target.split("#");
    const at = file === "" ? path : normalize(join(dirname(path), file));
    if (!existsSync(`${ROOT}${at}`)) broken.push(target);
    else if (anchor !== undefined && !anchors(texts.get(at) ?? "").has(anchor)) broken.push(target);
  }
  expect(broken).toEqual([]);
});
