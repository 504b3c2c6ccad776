import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { setImmediate, setTimeout } from "node:timers/promises";
import { ReadStream } from "node:tty";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { decodeUtf8 } from "../model/text-encoding.js";

/** Where to ask a question, and what cancels it. */
export interface Asking {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly stop: AbortSignal;
}

/**
 * Asks for one line; undefined if the input ends first.
 *
 * @throws PhalanxError if the input is not UTF-8, or was Ctrl-C: nothing is written before the last question.
 */
export async function ask(asking: Asking, question: string): Promise<string | undefined> {
  await forgetTyped(asking.input);
  return readLine(asking, (terminal, answer) => terminal.question(question, answer));
}

/** Milliseconds within which the next part of a paste arrives. */
const PAUSE = 50;

/** Limit on further chunks; a key that is held down must not go on for ever. */
const PIECES = 100;

/** Input typed or pasted before the question does not answer it. */
async function forgetTyped(input: NodeJS.ReadableStream): Promise<void> {
  if (!(input instanceof ReadStream)) return;
  let more = true;
  const note = (): void => void (more = true);
  // Otherwise the terminal holds back an incomplete line. The caller continues in this mode.
  input.setRawMode(true);
  input.on("data", note);
  input.resume();
  for (let piece = 0; more && piece < PIECES; piece++) {
    more = false;
    // Pending input is read between the first and the last turn.
    for (let turn = 0; turn < 3; turn++) await setImmediate();
  }
  input.off("data", note);
  input.pause();
}

/**
 * Asks for one line without echo.
 *
 * @throws PhalanxError if more than a line was pasted, since the first line alone is a different value.
 */
export async function askHidden(asking: Asking, question: string): Promise<string | undefined> {
  const { output } = asking;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = await readLine(
    { ...asking, output: nowhere },
    (terminal, answer) => {
      terminal.question("", answer);
      // Only now: until readline has taken over, the terminal itself would echo input.
      output.write(question);
    },
    refuseMore,
  ).finally(() => output.write("\n"));
  return line;
}

/** Waits for the rest of a paste, which would otherwise go to the shell, and refuses an input that has more. */
async function refuseMore(typed: readonly Uint8Array[]): Promise<void> {
  for (let [piece, count] = [0, 0]; piece < PIECES && count < typed.length; piece++) {
    count = typed.length;
    await setTimeout(PAUSE);
  }
  if (/[\r\n][^\r\n]/.test(Buffer.concat(typed).toString("latin1")))
    throw new PhalanxError(diagnostic("prompt-several-lines", {}));
}

function readLine(
  { input, output, stop }: Asking,
  start: (terminal: ReturnType<typeof createInterface>, answer: (line: string) => void) => void,
  check: (typed: readonly Uint8Array[]) => Promise<void> = () => Promise.resolve(),
): Promise<string | undefined> {
  return new Promise((done, fail) => {
    const typed: Uint8Array[] = [];
    const note = (piece: Uint8Array | string): void => void typed.push(Buffer.from(piece as Uint8Array));
    // Before readline, which replaces undecodable input by U+FFFD.
    input.prependListener("data", note);
    const terminal = createInterface({ input, output, terminal: true });
    let answered = false;
    const interrupt = (): void => {
      fail(new PhalanxError(diagnostic("interrupted-before-writing")));
      terminal.close();
    };
    // While readline controls the terminal, Ctrl-C is a key and raises no signal.
    terminal.on("SIGINT", interrupt);
    stop.addEventListener("abort", interrupt);
    terminal.on("close", () => {
      input.off("data", note);
      stop.removeEventListener("abort", interrupt);
      if (answered) return;
      // Later output must not follow the question on the same line.
      output.write("\n");
      done(undefined);
    });
    start(terminal, (line) => {
      answered = true;
      check(typed)
        .then(() => {
          if (line.includes("\uFFFD") && decodeUtf8(Buffer.concat(typed)) === undefined)
            throw new PhalanxError(diagnostic("prompt-not-utf8"));
        })
        // Only now: once released, the terminal echoes any further input.
        .finally(() => terminal.close())
        .then(() => done(line), fail);
    });
  });
}
