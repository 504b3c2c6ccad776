import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks for one line; undefined if the input ends first. */
export function ask(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  return readLine(input, output, (terminal, answer) => terminal.question(question, answer));
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
