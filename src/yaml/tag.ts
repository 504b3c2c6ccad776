import type { DocumentDirective } from "js-yaml";

const STANDARD = "tag:yaml.org,2002:";

/** The name of a standard tag (`str`, `map`) from its spelling in the document; undefined for every other tag. */
export function standardTag(spelling: string, directives: readonly DocumentDirective[]): string | undefined {
  const name = expandTag(spelling, directives);
  return name.startsWith(STANDARD) ? name.slice(STANDARD.length) : undefined;
}

function expandTag(spelling: string, directives: readonly DocumentDirective[]): string {
  if (spelling.startsWith("!<")) return spelling.slice(2, -1);
  const handle = spelling.slice(0, spelling.indexOf("!", 1) + 1) || "!";
  for (const directive of directives) {
    if (directive.kind === "tag" && directive.handle === handle)
      return directive.prefix + spelling.slice(handle.length);
  }
  return handle === "!!" ? STANDARD + spelling.slice(2) : spelling;
}
