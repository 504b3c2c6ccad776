import { expect, test } from "vitest";
import { quotedName } from "./names.js";

test("what is no name is quoted in part", () => expect(quotedName("x y".repeat(100))).toHaveLength(65));
