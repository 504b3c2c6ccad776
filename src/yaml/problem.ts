/** What is wrong with a YAML document and where; never holds text of the document, except a mapping key. */
export interface YamlProblem {
  message: string;
  /** 1-based. */
  line: number;
  /** 1-based. */
  column: number;
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
