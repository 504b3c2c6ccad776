import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FleetEnvironment } from "../src/model/fleet-report.js";
import { needsAttention } from "../src/render/fleet/page/attention.js";
import { environmentCommands, secretCommands } from "../src/render/fleet/page/commands.js";
import { readFleet } from "../src/render/fleet/page/model.js";
import { linkTo, readState } from "../src/render/fleet/page/permalink.js";
import { phalanx } from "./support/cli.js";
import { made, REPORT, SECRETS } from "./support/every-finding.js";
import { HOSTILE } from "./support/fleet-report.js";

test("a link, whoever wrote it, leads to what the report has, and says what it lacks", () => {
  const fleet = readFleet(REPORT);
  const names = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("test", "app", "old", "__proto__", "constructor", HOSTILE),
  );
  const links = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => `#${text}`),
    fc
      .record({ env: names, app: names, key: names, search: names, show: names, order: names })
      .map((given) => `#${new URLSearchParams(given).toString()}`),
  );
  fc.assert(
    fc.property(links, (link) => {
      const { place, wanted } = readState(link, fleet);
      const found = fleet.environments.find(({ name }) => name === place.environment);
      expect(place.environment).toBe(found?.name);
      const cell = found && fleet.cell(place.application ?? "", found.name);
      if (found && place.application !== undefined) expect(cell).toBeDefined();
      if (place.key !== undefined) expect(cell?.application.secrets.map(({ key }) => key)).toContain(place.key);
      expect(wanted.search.length).toBeLessThanOrEqual(200);
      // And what is read is written again.
      expect(readState(linkTo(place, wanted), fleet)).toEqual({ place, wanted, lost: undefined });
    }),
  );
  expect(readState("#env=test&app=app&key=mended", fleet)).toMatchObject({
    place: { environment: "test", application: "app" },
    lost: "test: app/mended",
  });
});

test("every kind of finding has a command that looks at it or mends it", () => {
  const [audited, , unasked] = REPORT.environments as [FleetEnvironment, FleetEnvironment, FleetEnvironment];
  const commands = Object.fromEntries(
    SECRETS.map((secret) => [
      secret.key,
      secretCommands(audited, "app", secret).map((each) => each.replace("phalanx secrets ", "")),
    ]),
  );
  expect(commands).toEqual({
    cert: ["explain test app/cert", "static-template test"],
    drifts: ["explain test app/drifts", "plan test app/drifts --secrets FILE", "sync test app/drifts --secrets FILE"],
    goes: ["explain test app/goes", "history test app"],
    lacks: ["explain test app/lacks", "plan test app/lacks --secrets FILE", "sync test app/lacks --secrets FILE"],
    left: ["history test app", "plan test --delete --secrets FILE"],
    old: ["explain test app/old", "rotate test app/old --dry-run"],
    only: ["explain test app/only", "static-template test"],
    shared: ["explain test app/shared", "rotate test app/shared --dry-run"],
    unsolved: ["explain test app/unsolved", "static-template test"],
  });
  // What Vault has soft-deleted comes back; nobody has to look for it.
  const cause = { kind: "no-static-value", origin: "file", deletedVersion: 3 };
  expect(secretCommands(audited, "app", { key: "gone", kind: "static", state: "unresolved", cause })).toContain(
    "phalanx secrets restore test --kv-version 3 app --dry-run",
  );
  expect(environmentCommands(audited)).toContain("phalanx vault audit test");
  // What phalanx.yaml names is read without being told.
  expect(environmentCommands({ ...audited, givenFiles: [] })).toContain("phalanx secrets sync test");
  expect(environmentCommands(unasked)).toEqual(["phalanx fleet audit unasked", "phalanx vault preflight unasked"]);
});

test("the program takes every command of the page", async () => {
  const commands = REPORT.environments.flatMap((environment) => [
    ...environmentCommands(environment),
    ...SECRETS.flatMap((secret) => secretCommands(environment, "app", secret)),
  ]);
  expect(commands.length).toBeGreaterThan(20);
  for (const command of new Set(commands)) {
    const { stderr } = await phalanx([...command.split(" ").slice(1), "--config", "nowhere"]);
    expect(stderr, command).toContain("nowhere is not the root of a Phalanx configuration");
  }
});

test("commands are words for a shell, and there is none for what it could take otherwise", () => {
  const [audited] = REPORT.environments as [FleetEnvironment];
  const key = `it's $(touch x); \`y\` !z "q" \\`;
  const [command = ""] = secretCommands(audited, "app", { ...made, key, state: "missing" });
  const words = execFileSync("sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" });
  expect(words).toBe(`phalanx\nsecrets\nexplain\ntest\napp/${key}\n`);
  for (const odd of ["a\nb", "a\u001B[2J", "a\u202Eb"])
    expect(secretCommands(audited, "app", { ...made, key: odd, state: "missing" })).toEqual([]);
  for (const odd of ["--yes", "../x", "a b", "$(x)", HOSTILE]) {
    expect(secretCommands(audited, odd, { ...made, key: "k", state: "missing" })).toEqual([]);
    expect(environmentCommands({ ...audited, name: odd })).toEqual([]);
  }
});

test("an environment with the server and prefix of another needs attention, named with it", () => {
  const environments = REPORT.environments.map((each) =>
    each.name === "test" ? { ...each, samePrefixAs: ["twin", HOSTILE] } : each,
  );
  const found = needsAttention(readFleet({ ...REPORT, environments }));
  expect(found.find(({ heading }) => heading === "One prefix for several environments")?.findings).toEqual([
    {
      place: { environment: "test" },
      text: `${environments.find(({ name }) => name === "test")?.vault?.prefix ?? ""}, shared with twin, ${HOSTILE}`,
      unit: "environment",
    },
  ]);
  expect(needsAttention(readFleet(REPORT)).map(({ heading }) => heading)).not.toContain(
    "One prefix for several environments",
  );
});
