import axe from "axe-core";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ageSentence } from "../src/render/fleet/page/words.js";
import { IN_CI } from "./support/size.js";
import { CANARY, disturb, type FleetScene, inTree, openFleet } from "./support/fleet.js";
import { CHROMIUM } from "./support/chromium.js";
import { type FleetBrowser, startFleetBrowser } from "./support/fleet-page.js";
import { HOSTILE, largeReport } from "./support/fleet-report.js";

test.each([
  ["2026-11-24T07:00:00Z", true, "less than a day old (changed 2026-11-24)"],
  ["2026-11-24T07:00:00Z", false, "last changed on 2026-11-24 or earlier"],
  ["2026-11-23T07:00:00Z", true, "1 day old (changed 2026-11-23)"],
  ["2026-03-01T00:00:00Z", false, "at least 268 days old (last changed on 2026-03-01 or earlier)"],
])("a value of %s, exact %s, is %s", (at, exact, text) => {
  expect(ageSentence({ at, exact }, "2026-11-24T08:00:00Z")).toBe(text);
});

describe.skipIf(CHROMIUM === undefined || !IN_CI)("the fleet page", () => {
  let browser: FleetBrowser;
  let url: string;
  /** For whatever does not depend on the size. */
  let smallUrl: string;
  let page: Page;

  beforeAll(async () => {
    browser = await startFleetBrowser();
    [url, smallUrl] = [
      await browser.pageOf("fleet", largeReport(24, 103)),
      await browser.pageOf("small", largeReport(5, 9)),
    ];
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    page = await browser.open(smallUrl);
    return async () => {
      await page.close();
      expect(browser.complaints).toEqual([]);
    };
  });

  /** Another page than the small one. */
  async function instead(at: string, colorScheme: "light" | "dark" = "light"): Promise<void> {
    await page.close();
    page = await browser.open(at, { colorScheme });
  }

  const shownRows = (): Promise<number> => page.locator("tbody tr:visible").count();
  const panelTitle = (): Promise<string> => page.locator("#panel-title").innerText();
  const focused = (): Promise<string | null> =>
    page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id");

  test("opens 24 × 103 cells in under a second", async () => {
    await instead(url);
    expect(await page.locator("tbody td").count()).toBe(24 * 103);
    const loaded = await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd");
    expect(loaded).toBeLessThan(1000);
  });

  test("of a fleet of 100 × 60, only what can be seen is made, and everything can be reached", async () => {
    await instead(await browser.pageOf("large", largeReport(100, 60)));
    const made = (): Promise<number> => page.locator("tbody td[data-environment]").count();
    expect(await made()).toBeLessThan(5000);
    await page.selectOption("#order", "name");
    await page.focus('td[data-application="app-000"][data-environment="env-00"]');
    await page.keyboard.press("Control+End");
    expect(await focused()).toContain("app-059 in env-99");
    expect(await page.locator("table[role=grid] [tabindex='0']").count()).toBe(1);
    await page.keyboard.press("Enter");
    expect(await panelTitle()).toBe("app-059");
    expect(await page.locator('[aria-selected="true"]').getAttribute("data-environment")).toBe("env-99");
    await page.evaluate("document.querySelector('.grid-box').scrollTo(1300, 0)");
    await page.locator('td[data-application="app-000"][data-environment="env-60"]').click();
    expect(await panelTitle()).toBe("app-000");
    await page.keyboard.press("Escape");
    // Scrolled out of sight, it is where the keyboard goes on all the same.
    await page.evaluate("document.querySelector('.grid-box').scrollTo(0, 0)");
    await page.locator('td[data-environment="env-00"]').first().waitFor();
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toContain("app-000 in env-61");
    await page.fill("#search", "env-9");
    expect(await page.locator("thead th:visible").count()).toBe(1 + 10);
    expect(await made()).toBe(10 * 60);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await made()).toBe(100 * 60);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await made()).toBeLessThan(5000);
  });

  test("a click opens the application, with its secrets and its graph; a node of the graph opens another", async () => {
    await instead(url);
    await page.click('td[data-application="app-001"][data-environment="env-00"]');
    expect(await panelTitle()).toBe("app-001");
    const panel = await page.locator(".panel").innerText();
    expect(panel).toContain("copy of app-002/password");
    expect(panel).toContain("the same value in env-01");
    await page.getByRole("button", { name: "app-000/copied: clean, open its application" }).click();
    expect(await panelTitle()).toBe("app-000");
    expect(await page.locator('[aria-selected="true"]').getAttribute("data-application")).toBe("app-000");
  });

  test("a heading opens the environment", async () => {
    await page.click('th[data-environment="env-03"]');
    expect(await panelTitle()).toBe("env-03");
    expect(await page.locator(".panel").innerText()).toContain("Not audited: Vault is sealed");
  });

  test("search and buttons filter, and the result is announced", async () => {
    await instead(url);
    await page.fill("#search", "app-00 env-01");
    expect(await shownRows()).toBe(9);
    expect(await page.locator("thead th:visible").count()).toBe(2);
    expect(await page.locator("[role=status]").innerText()).toBe("9 applications in 1 environment");
    await page.fill("#search", "nothing-like-this");
    expect(await page.getByText("Nothing matches.").isVisible()).toBe(true);
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await shownRows()).toBe(103);
    const button = page.getByRole("button", { name: /expiring/ });
    await button.click();
    expect(await button.getAttribute("aria-pressed")).toBe("true");
    // A certificate, and a version that Vault deletes by itself.
    expect(await shownRows()).toBe(2);
  });

  test("what is not picked up is listed, filtered for, and shown with its workloads and what to run", async () => {
    const overview = await page.locator(".panel").innerText();
    expect(overview).toContain("Not picked up");
    expect(overview).toContain("2 applications");
    expect(overview).toContain("what its workloads hold now: the last check is");
    const button = page.getByRole("button", { name: /not picked up/ });
    expect(await button.innerText()).toContain("2");
    await button.click();
    expect(await shownRows()).toBe(1);
    expect(page.url()).toContain("show=notPickedUp");
    const cell = page.locator('td[data-application="app-001"][data-environment="env-00"]');
    expect(await cell.getAttribute("aria-label")).toContain(
      "old in 2 workloads, in doubt in 1, Secret app-001/portal differs from Vault",
    );
    await cell.click();
    const panel = await page.locator(".panel").innerText();
    expect(panel).toContain("old in 2 workloads, in doubt in 1");
    expect(panel).toContain("since 2026-11-22 06:30 UTC");
    expect(panel).toContain("Deployment app-001/portal");
    expect(panel).toContain(HOSTILE.slice(0, 20));
    expect(panel.replaceAll(/\s+/g, " ")).toContain("phalanx rollout status env-00 app-001");
    await page.goto(`${smallUrl}#env=env-02`);
    await page.waitForFunction("document.querySelector('#panel-title').textContent === 'env-02'");
    expect(await page.locator(".facts").innerText()).toMatch(
      /old in 2 workloads.*current in 2, as of 2026-11-20.* old/,
    );
    await page.goto(`${smallUrl}#env=env-01&app=app-001`);
    await page.waitForFunction("document.querySelector('#panel-title').textContent === 'app-001'");
    expect(await page.locator(".panel").innerText()).toContain("current in 2 workloads, as of 2026-11-24 06:00 UTC");
  });

  test("rows are numbered in the order in which they stand", async () => {
    const numbers = (): Promise<(string | null)[]> =>
      page.locator("tr:visible").evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-rowindex")));
    const whole = Array.from({ length: 10 }, (_, i) => String(i + 1));
    expect(await numbers()).toEqual(whole);
    await page.selectOption("#order", "name");
    expect(await numbers()).toEqual(whole);
    await page.fill("#search", "app-003");
    expect(await numbers()).toEqual(["1", "2"]);
  });

  test("the keyboard is enough", async () => {
    await instead(url);
    await page.keyboard.press("/");
    expect(await focused()).toBe("search");
    await page.selectOption("#order", "name");
    await page.focus('td[data-application="app-000"][data-environment="env-00"]');
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toContain("app-001 in env-01");
    expect(await page.locator("table[role=grid] [tabindex='0']").count()).toBe(1);
    await page.keyboard.press("Enter");
    expect(await panelTitle()).toBe("app-001");
    await page.keyboard.press("Escape");
    expect(await panelTitle()).toBe("What to look at");
    expect(await focused()).toContain("app-001 in env-01");
    await page.keyboard.press("Control+End");
    expect(await focused()).toContain("app-102 in env-23");
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toContain("env-00:");
  });

  test.each(["light", "dark"] as const)("has no flaw that axe finds in %s colours", async (scheme) => {
    await instead(smallUrl, scheme);
    const check = async (): Promise<string[]> =>
      // Through the protocol, which the page's policy does not bind.
      page.evaluate(
        `(async () => { ${axe.source}; const { violations } = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] });
          return violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 2).map(({ html, failureSummary }) => html.slice(0, 150) + failureSummary).join(" ")); })()`,
      );
    expect(await check()).toEqual([]);
    await page.click('td[data-application="app-001"][data-environment="env-00"]');
    await page.getByRole("button", { name: /too old/ }).click();
    await page.locator(".panel a.key", { hasText: "password" }).click();
    expect(await page.locator(".secrets .commands").isVisible()).toBe(true);
    expect(await check()).toEqual([]);
    for (const name of ["app-001 everywhere", "What to look at", "env-01"]) {
      if (name === "env-01") await page.click('th[data-environment="env-01"]');
      else await page.getByRole("link", { name, exact: true }).click();
      expect(await check()).toEqual([]);
    }
  });

  test("follows the colours of the system until told otherwise", async () => {
    const ground = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await ground();
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.getByRole("button", { name: "light", exact: true }).click();
    expect(await ground()).toBe(light);
    await page.getByRole("button", { name: "dark", exact: true }).click();
    expect(await ground()).toBe(dark);
  });

  test("prints", async () => {
    await page.click('th[data-environment="env-01"]');
    expect((await page.pdf({ preferCSSPageSize: true })).byteLength).toBeGreaterThan(10_000);
  });

  test("takes names as text only", async () => {
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("tbody th", { hasText: "</script>" }).count()).toBe(1);
    await page.click('th[data-environment="env-00"]');
    expect(await page.locator(".panel h3:has-text('Warnings') + ul").innerText()).toContain(HOSTILE.trim());
  });

  test("runs nothing but its own script", async () => {
    const blocked = await page.evaluate(`new Promise((done) => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => done(effectiveDirective));
      const script = document.createElement("script");
      script.textContent = "document.title = 'changed'";
      document.body.append(script);
    })`);
    expect(blocked).toBe("script-src-elem");
    expect(await page.title()).toBe("phalanx: fleet audit");
    browser.complaints = browser.complaints.filter(
      (text) => !text.includes("violates the following Content Security Policy"),
    );
  });

  test("made from real servers, holds no value", async () => {
    const scene: FleetScene = await openFleet();
    try {
      await disturb(scene);
      await scene.audit("--html", "fleet.html");
      await page.close();
      page = await browser.open(pathToFileURL(inTree(scene, "fleet.html")).href);
      await page.click('td[data-application="consumer"][data-environment="drifted"]');
      expect(await page.locator(".panel").innerText()).toContain("a copy of source/password, which differs");
      expect(await page.content()).not.toContain(CANARY);
    } finally {
      await scene.close();
    }
  });
});
