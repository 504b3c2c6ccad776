import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ENDED, LATER, MADE, REPORT, SOON } from "./support/every-finding.js";
import { CHROMIUM } from "./support/chromium.js";
import { type FleetBrowser, startFleetBrowser } from "./support/fleet-page.js";
import { largeReport } from "./support/fleet-report.js";
import { IN_CI } from "./support/size.js";

const day = (time: string): string => time.slice(0, 10);

describe.skipIf(CHROMIUM === undefined || !IN_CI)("on the fleet page", () => {
  let browser: FleetBrowser;
  let url: string;
  let page: Page;

  beforeAll(async () => {
    browser = await startFleetBrowser();
    url = await browser.pageOf("all", REPORT);
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    page = await browser.open(url);
    return async () => {
      await page.close();
      expect(browser.complaints).toEqual([]);
    };
  });

  async function instead(at: string, options: Parameters<FleetBrowser["open"]>[1] = {}): Promise<void> {
    await page.close();
    page = await browser.open(at, options);
  }
  const hash = (): Promise<string> => page.evaluate("location.hash");
  const panelTitle = (): Promise<string> => page.locator("#panel-title").innerText();
  const focused = (): Promise<string> => page.evaluate("document.activeElement.textContent");
  const items = async (heading: string): Promise<string[]> =>
    (await page.locator(`.panel h3:has-text("${heading}") + ul > li`).allInnerTexts()).map((text) =>
      text.replaceAll(/\n+/g, " | "),
    );

  test("everything that needs attention is listed, the worst first, with number and unit", async () => {
    const headings = await page.locator(".panel h3:has(+ ul)").allInnerTexts();
    expect(headings.map((text) => text.replace("\n", " "))).toEqual([
      "Not audited 1 environment",
      "Unresolved 1 secret",
      "Missing in Vault 1 secret",
      "Different in Vault 1 secret",
      "Expired or expiring 1 token, 1 version, 1 certificate",
      "One value in several environments 1 value",
      "Only Vault has it 1 secret",
      "Older than 365 days 1 secret",
      "Unknown in Vault 1 secret",
      "Not checked 1 environment",
      "Warnings 1 warning",
    ]);
    expect(await items("Not audited")).toEqual(["unasked | no credentials"]);
    expect(await items("Missing")).toEqual(["test: app/lacks"]);
    expect(await items("Expired")).toEqual([
      `test | Vault token expired 4 days ago, on ${day(ENDED)}`,
      `test: app/goes | version in Vault expires in 5 hours, on ${day(SOON)}`,
      `test: app/cert | certificate expires in 7 days, on ${day(LATER)}`,
    ]);
    expect(await items("One value")).toEqual(["test: app/shared | also in other"]);
    expect(await items("Older")).toEqual([`test: app/old | 369 days old (changed ${day(MADE)})`]);
    await page.click('th[data-environment="other"]');
    expect(await items("One value")).toEqual(["app/shared | also in test"]);
  });

  test("a long list is folded, and says how much it folds", async () => {
    await instead(await browser.pageOf("large", largeReport(24, 103)));
    const list = page.locator('.panel h3:has-text("Older than") + ul');
    expect(await list.locator("li").count()).toBe(5);
    const more = page.locator('.panel h3:has-text("Older than") + ul + button');
    expect(await more.innerText()).toBe("Show 100 more of 1191");
    await more.click();
    expect(await list.locator("li").count()).toBe(105);
    expect(await more.innerText()).toBe("Show 100 more of 1091");
    // What was unfolded still is when one comes back, and reading goes on where it was left.
    const finding = await list.locator("a").nth(50).innerText();
    await list.locator("a").nth(50).click();
    await page.getByRole("link", { name: "What to look at" }).click();
    expect(await list.locator("li").count()).toBe(105);
    expect(await focused()).toBe(finding.replace("\n", ""));
  });

  test("a finding leads to its secret in its cell, and the cell back to it", async () => {
    await page.getByRole("link", { name: /app\/old/ }).click();
    expect(await panelTitle()).toBe("app");
    expect(await page.locator("tr[aria-current] a.key").innerText()).toBe("old");
    expect(await focused()).toBe("old");
    expect(await page.locator('td[aria-selected="true"]').getAttribute("data-environment")).toBe("test");
    await page.getByRole("link", { name: "What to look at" }).click();
    expect(await panelTitle()).toBe("What to look at");
    expect(await focused()).toContain("app/old");
    await page.keyboard.press("Enter");
    expect(await panelTitle()).toBe("app");
    await page.keyboard.press("Escape");
    expect(await panelTitle()).toBe("What to look at");
  });

  test("a cell leads to its environment, and to its application in all of them", async () => {
    await page.click('td[data-application="app"][data-environment="test"]');
    await page.getByRole("link", { name: "test", exact: true }).click();
    expect(await panelTitle()).toBe("test");
    expect(await hash()).toBe("#env=test");
    await page.goBack();
    await page.getByRole("link", { name: "app everywhere" }).click();
    expect(await hash()).toBe("#app=app");
    expect(await items("State in each environment")).toEqual(["test | unresolved, 4 of 9 secrets", "other | clean"]);
    await page.keyboard.press("Escape");
    await page.focus('th[data-application="app"]');
    await page.keyboard.press("Enter");
    expect(await hash()).toBe("#app=app");
  });

  test("the address says what is shown; back and forward lead through it", async () => {
    await page.getByRole("button", { name: /unresolved/ }).click();
    await page.getByRole("link", { name: /app\/old/ }).click();
    const link = "#env=test&app=app&key=old&show=unresolved";
    expect(await hash()).toBe(link);
    await page.fill("#search", "ap");
    await page.fill("#search", "app");
    await page.selectOption("#order", "name");
    expect(await hash()).toBe("#env=test&app=app&key=old&search=app&show=unresolved&order=name");
    await page.goBack();
    // Letters are one step together.
    await page.goBack();
    expect(await hash()).toBe(link);
    expect(await page.inputValue("#search")).toBe("");
    await page.goBack();
    expect(await panelTitle()).toBe("What to look at");
    await page.goBack();
    expect(await page.locator('.filter[aria-pressed="true"]').count()).toBe(0);
    for (let i = 0; i < 4; i++) await page.goForward();
    expect(await page.inputValue("#search")).toBe("app");
    expect(await page.inputValue("#order")).toBe("name");
  });

  test("a link opens what it was copied from", async () => {
    await instead(`${url}#env=test&app=app&key=old&search=app&show=unresolved&order=name`);
    expect(await page.title()).toBe("test: app/old · phalanx: fleet audit");
    expect(await page.locator("tr[aria-current] a.key").innerText()).toBe("old");
    expect(await page.locator('td[aria-selected="true"]').getAttribute("data-application")).toBe("app");
    expect(await page.inputValue("#search")).toBe("app");
    expect(await page.locator('.filter[aria-pressed="true"]').innerText()).toContain("unresolved");
    expect(await page.locator("[role=grid] tbody tr:visible").count()).toBe(1);
    await page.evaluate("location.hash = '#env=other'");
    await page.waitForFunction("document.querySelector('#panel-title').textContent === 'other'");
  });

  test("a link is text, and what it leads to may be gone", async () => {
    await instead(`${url}#env=%3Cimg%20src=x%20onerror=alert(1)%3E&show=constructor,__proto__&order=%00&search=%E0%A4`);
    expect(await panelTitle()).toBe("What to look at");
    expect(await page.locator(".why").innerText()).toBe(
      "The link points to <img src=x onerror=alert(1)>, which is not in this report.",
    );
    expect(await page.locator("img").count()).toBe(0);
  });

  test("a finding that is filtered out is shown nevertheless", async () => {
    await page.fill("#search", "plain");
    await page.getByRole("link", { name: /app\/old/ }).click();
    expect(await page.inputValue("#search")).toBe("");
    expect(await page.locator('td[aria-selected="true"]').isVisible()).toBe(true);
  });

  test("commands and links are copied", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("link", { name: /app\/old/ }).click();
    await page.getByRole("button", { name: "Copy phalanx secrets rotate test app/old --dry-run" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe("phalanx secrets rotate test app/old --dry-run");
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByRole("button", { name: "Copied" }).nth(1).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(`${url}#env=test&app=app&key=old`);
  });

  test.each(["undefined", "{ writeText: () => Promise.reject(new Error('no')) }"])(
    "with %s for a clipboard, the command is selected",
    async (clipboard) => {
      await page.evaluate(`Object.defineProperty(navigator, "clipboard", { value: ${clipboard} })`);
      await page.click('th[data-environment="unasked"]');
      await page.getByRole("button", { name: "Copy phalanx fleet audit unasked" }).click();
      await page.getByRole("button", { name: "Selected: press Ctrl-C" }).waitFor();
      expect(await page.evaluate("getSelection().toString()")).toBe("phalanx fleet audit unasked");
    },
  );

  test.each([
    ["a phone", 375, 700],
    ["80 columns", 640, 480],
  ])("on %s nothing is wider than the window, and a cell is seen beside its details", async (_, width, height) => {
    await instead(await browser.pageOf(`wide-${width}`, largeReport(24, 40)), { viewport: { width, height } });
    const tooWide = "document.documentElement.scrollWidth > innerWidth";
    expect(await page.evaluate(tooWide)).toBe(false);
    await page.locator('.panel h3:has-text("Missing") + ul a').first().click();
    expect(await page.evaluate(tooWide)).toBe(false);
    // And so does whoever is given the link.
    await instead(page.url(), { viewport: { width, height } });
    const seen = await page.evaluate(
      "[...document.querySelectorAll('tr[aria-current] .key, tr[aria-current] + tr summary')].map((line) => line.getBoundingClientRect().bottom < innerHeight)",
    );
    expect(seen).toEqual([true, true]);
    const [cell, panel] = await Promise.all([
      page.locator('td[aria-selected="true"]').boundingBox(),
      page.locator(".panel").boundingBox(),
    ]);
    expect(cell?.y).toBeGreaterThanOrEqual(0);
    expect((cell?.y ?? 0) + (cell?.height ?? 0)).toBeLessThanOrEqual(panel?.y ?? 0);
  });
});
