import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import type { FleetReport } from "../../src/model/fleet-report.js";
import { CHROMIUM, startChromium } from "./chromium.js";
import { phalanx } from "./cli.js";

if (CHROMIUM === undefined)
  process.stderr.write("There is no Chromium here: the tests of the fleet page are skipped.\n");

/** A browser that opens pages from disk, as their author would. */
export interface FleetBrowser {
  /** Lets the real program make a report's page, and returns its address. */
  readonly pageOf: (name: string, report: FleetReport) => Promise<string>;
  readonly open: (url: string, options?: BrowserContextOptions) => Promise<Page>;
  /** All errors in the browser since the last page was opened, and every request other than for the page itself. */
  complaints: string[];
  readonly close: () => Promise<void>;
}

export async function startFleetBrowser(): Promise<FleetBrowser> {
  const directory = await mkdtemp(join(tmpdir(), "phalanx-page-"));
  const browser = await startChromium();
  const self: FleetBrowser = {
    complaints: [],
    pageOf: async (name, report) => {
      // A single shard with everything.
      const shard = { index: 1, of: 1, environments: report.environments.length };
      const tool = (await phalanx(["--version"])).stdout.trim();
      await writeFile(join(directory, "part.json"), JSON.stringify({ ...report, shard, tool }));
      const made = await phalanx(["fleet", "audit", "--merge", "part.json", "--html", `${name}.html`], {
        cwd: directory,
      });
      const failed = report.environments.filter(({ state }) => state === "failed").map((each) => each.name);
      expect(made.stderr).toBe(
        failed.length === 0
          ? ""
          : `Error: ${failed.length} of ${report.environments.length} environments could not be audited: ${failed.join(", ")}\n`,
      );
      return pathToFileURL(join(directory, `${name}.html`)).href;
    },
    open: async (url, options = {}) => {
      self.complaints = [];
      const opened = await browser.newPage({
        viewport: { width: 1400, height: 900 },
        colorScheme: "light",
        ...options,
      });
      opened.on("console", (message) => self.complaints.push(`console: ${message.text()}`));
      opened.on("pageerror", (error) => self.complaints.push(`error: ${error.message}`));
      opened.on("request", (request) => {
        if (request.url() !== url.replace(/#.*/, "")) self.complaints.push(`request: ${request.url()}`);
      });
      await opened.goto(url);
      await opened.waitForSelector("#panel-title");
      return opened;
    },
    close: async () => {
      await browser.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return self;
}
