import { pathToFileURL } from "node:url";
import { startChromium } from "../test/support/chromium.js";

export interface PageTimes {
  /** Milliseconds from the address to the page as it is drawn. */
  readonly opens: number;
  /** Milliseconds from a key or a click to the page as it is drawn, by what was done. */
  readonly filters: ReadonlyMap<string, number>;
}

/** Runs in the page: does something as a user would, and tells how long it takes until the result is drawn. */
const TIMED = `async (act) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await drawn();
  const start = performance.now();
  act();
  await drawn();
  return performance.now() - start;
}`;

const TRIES = 3;

/** The least of some tries, so that other processes count less. */
export async function pageTimes(file: string, search: string): Promise<PageTimes> {
  const tries: PageTimes[] = [];
  for (let i = 0; i < TRIES; i++) tries.push(await tryPage(file, search));
  const least = (pick: (times: PageTimes) => number): number => Math.min(...tries.map(pick));
  const names = [...(tries[0]?.filters.keys() ?? [])];
  return {
    opens: least(({ opens }) => opens),
    filters: new Map(names.map((name) => [name, least(({ filters }) => filters.get(name) ?? Number.NaN)])),
  };
}

/** Opens a page from disk in a real browser, types a search into it, and presses each of its buttons. */
async function tryPage(file: string, search: string): Promise<PageTimes> {
  const browser = await startChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(pathToFileURL(file).href);
    const opens = await page.evaluate<number>(
      "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))",
    );
    const filters = new Map<string, number>();
    const typed = Array.from(search, (_, i) => search.slice(0, i + 1));
    for (const text of [...typed, ""]) {
      const act = `() => {
        const search = document.getElementById("search");
        search.value = ${JSON.stringify(text)};
        search.dispatchEvent(new Event("input"));
      }`;
      filters.set(`search "${text}"`, await page.evaluate<number>(`(${TIMED})(${act})`));
    }
    for (let i = 0; i < (await page.locator(".filter").count()); i++) {
      const press = `(${TIMED})(() => document.querySelectorAll(".filter")[${i}].click())`;
      const name = (await page.locator(".filter").nth(i).innerText()).replace(/\s+/g, " ");
      filters.set(`${name} pressed`, await page.evaluate<number>(press));
      filters.set(`${name} released`, await page.evaluate<number>(press));
    }
    return { opens, filters };
  } finally {
    await browser.close();
  }
}
