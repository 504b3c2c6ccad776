import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { ReadStream } from "node:tty";

/** Asks for one line; undefined if the input ends first. */
export async function ask(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  await forgetTyped(input);
  return readLine(input, output, (terminal, answer) => terminal.question(question, answer));
}

/** How often more may come at once; a key that is held down must not go on for ever. */
const PIECES = 100;

/** What was typed or pasted before there was a question does not answer it. */
async function forgetTyped(input: NodeJS.ReadableStream): Promise<void> {
  if (!(input instanceof ReadStream)) return;
  let more = true;
  const note = (): void => void (more = true);
  // Else the terminal keeps back a line that has no end yet. Who asks goes on in this mode.
  input.setRawMode(true);
  input.on("data", note);
  input.resume();
  for (let piece = 0; more && piece < PIECES; piece++) {
    more = false;
    // What waits is read between the first and the last.
    for (let turn = 0; turn < 3; turn++) await setImmediate();
  }
  input.off("data", note);
  input.pause();
}

/** Asks for one line that the terminal does not show. */
export async function askHidden(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = await readLine(input, nowhere, (terminal, answer) => {
    terminal.question("", answer);
    // Only now: until readline has taken over, the terminal itself would show what is typed.
    output.write(question);
  });
  output.write("\n");
  return line;
}

function readLine(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  start: (terminal: ReturnType<typeof createInterface>, answer: (line: string) => void) => void,
): Promise<string | undefined> {
  return new Promise((done) => {
    const terminal = createInterface({ input, output, terminal: true });
    let answered = false;
    terminal.on("close", () => {
      if (!answered) done(undefined);
    });
    start(terminal, (line) => {
      answered = true;
      terminal.close();
      done(line);
    });
  });
}
