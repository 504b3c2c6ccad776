import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Context } from "./context.js";
import { withProgress } from "./progress.js";

const ERASE = "\r\u001b[2K";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(env: Record<string, string> = {}, isTTY = true): { context: Context; written: () => string } {
  let written = "";
  const stream = { write: (text: string) => void (written += text), isTTY, columns: 20 };
  const context = withProgress({
    env,
    stderr: stream,
    stdout: stream,
    stdin: { isTTY, ask: () => Promise.resolve("y") },
    bcryptHash: () => new Promise((done) => void setTimeout(() => done("hash"), 1000)),
  } as unknown as Context);
  return { context, written: () => written };
}

test("what is over within 300 ms is never shown", () => {
  const { context, written } = open();
  const end = context.progress?.(() => "reading");
  vi.advanceTimersByTime(250);
  end?.();
  vi.advanceTimersByTime(1000);
  expect(written()).toBe("");
});

test("the line is redrawn, cut at the edge, and erased at the end", () => {
  const { context, written } = open();
  let count = 1;
  const end = context.progress?.(() => `${count++} requests of many`);
  vi.advanceTimersByTime(400);
  end?.();
  expect(written()).toBe(`${ERASE}| 1 requests of man${ERASE}/ 2 requests of man${ERASE}`);
});

test("it makes way for what is written, and for a question", async () => {
  const { context, written } = open();
  context.progress?.(() => "reading");
  vi.advanceTimersByTime(300);
  context.stdout.write("a line\n");
  expect(written()).toBe(`${ERASE}| reading${ERASE}a line\n`);
  const answer = context.stdin.ask("?");
  vi.advanceTimersByTime(1000);
  expect(await answer).toBe("y");
  expect(written()).toBe(`${ERASE}| reading${ERASE}a line\n`);
});

test("hashes are counted", async () => {
  const { context, written } = open();
  const both = Promise.all([context.bcryptHash("a", 4), context.bcryptHash("b", 4)]);
  await vi.advanceTimersByTimeAsync(300);
  expect(written()).toBe(`${ERASE}| Computing hashes:`);
  await vi.advanceTimersByTimeAsync(1000);
  await both;
  expect(written().endsWith(ERASE)).toBe(true);
});

test.each([
  [{ CI: "true" }, true],
  [{ TERM: "dumb" }, true],
  [{}, false],
] as const)("nobody is told with %j and a terminal: %j", (env, isTTY) => {
  const { context, written } = open(env, isTTY);
  context.progress?.(() => "reading");
  vi.advanceTimersByTime(1000);
  expect(written()).toBe("");
});
