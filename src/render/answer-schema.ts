import * as z from "zod/mini";
import { Answer } from "../model/answers.js";
import { jsonText } from "./json.js";

/** The JSON Schema of everything printed with --json. */
export function renderAnswerSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(Answer, { target: "draft-2020-12", io: "input", reused: "ref" });
  return jsonText({
    $schema,
    $id: "https://phalanx.lsst.io/schemas/answer.json",
    title: "What a command of phalanx prints with --json",
    ...rest,
  });
}
