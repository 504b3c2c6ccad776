import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks for one line; undefined if the input ends first. */
export function ask(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  return readLine(input, output, question);
}

/** Asks for one line that the terminal does not show. */
export async function askHidden(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  output.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = await readLine(input, nowhere, "");
  output.write("\n");
  return line;
}

function readLine(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  return new Promise((done) => {
    const terminal = createInterface({ input, output, terminal: true });
    let answered = false;
    terminal.on("close", () => {
      if (!answered) done(undefined);
    });
    terminal.question(question, (line) => {
      answered = true;
      terminal.close();
      done(line);
    });
  });
}
