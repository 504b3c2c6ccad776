import type { Position } from "./position.js";

/** What is wrong with a YAML document and where; never holds text of the document, except a mapping key. */
export interface YamlProblem {
  readonly message: string;
  readonly place: Position;
}

/** A document that cannot be read. */
export class YamlError extends Error {
  readonly problem: YamlProblem;

  constructor(problem: YamlProblem) {
    super(problem.message);
    this.name = "YamlError";
    this.problem = problem;
  }
}
