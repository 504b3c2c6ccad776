import { expect, test } from "vitest";
import type { Environment } from "../model/environment.js";
import { parseYaml } from "../yaml/parse.js";
import { renderStaticTemplate } from "./static-template.js";

test("names may be anything, __proto__ and what YAML takes for no string included", () => {
  const names = ["10", "9", "__proto__", "constructor", "on"];
  const environment: Environment = {
    name: "test",
    vault: { url: "http://127.0.0.1:1", mount: "secret", path: "test" },
    onepassword: undefined,
    applications: new Map(
      names.map((application) => [
        application,
        {
          name: application,
          secrets: new Map(
            names.map((key) => [
              key,
              { application, key, kind: "static", description: undefined, encoded: false } as const,
            ]),
          ),
          notRequired: new Map(),
        },
      ]),
    ),
    disabled: new Set(),
    siblings: () => [],
  };
  const document = parseYaml(renderStaticTemplate(environment), () => "f.yaml");
  expect(document.keys(["applications"]).toSorted()).toEqual(names);
  for (const name of names) expect(document.keys(["applications", name]).toSorted()).toEqual(names);
  expect(document.oddKeys()).toEqual([]);
});
