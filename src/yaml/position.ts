import { YamlError } from "./problem.js";

/** The text as the parser saw it. */
export interface Source {
  readonly text: string;
  /** Line (0-based) to the number of spaces that were put before it and are not in the file. */
  readonly padding: ReadonlyMap<number, number>;
}

/** A place in the file, both numbers 1-based. */
export interface Position {
  line: number;
  column: number;
}

/** Turns an offset into line and column of the file. */
export function positionAt({ text, padding }: Source, offset: number): Position {
  let line = 0;
  let lineStart = text.startsWith("\uFEFF") ? 1 : 0;
  for (let index = 0; index < offset; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) {
      line++;
      lineStart = index + 1;
    }
  }
  return { line: line + 1, column: Math.max(offset - lineStart - (padding.get(line) ?? 0), 0) + 1 };
}

/** Refuses the document because of what stands at the offset. */
export function failAt(source: Source, offset: number, message: string): never {
  throw new YamlError({ message, ...positionAt(source, offset) });
}
