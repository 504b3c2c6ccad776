import type { Context, InputStream, OutputStream, Progress } from "./context.js";
import { isPlain, isUnattended } from "./terminal.js";

/** Anything faster is done before anyone could read a line about it. */
const PATIENCE = 300;
const INTERVAL = 100;
const FRAMES = ["|", "/", "-", "\\"];
const ERASE = "\r\u001b[2K";

/** The progress line: at most one, on stderr, which disappears before anything else is written. */
interface ProgressLine {
  readonly begin: Progress;
  readonly erase: () => void;
  /** Leaves the terminal to `work` until it ends. */
  readonly hideDuring: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The same context, in which slow operations show progress: only on a terminal, and never in the final output. */
export function withProgress(context: Context): Context {
  const line = openLine(context);
  const hashes = counted(line.begin, (done, all) => `Computing hashes: ${done} of ${all}`);
  const keys = counted(line.begin, (done, all) => `Generating RSA keys: ${done} of ${all}`);
  return {
    ...context,
    stdin: asking(context.stdin, line),
    stdout: erasing(context.stdout, line),
    stderr: erasing(context.stderr, line),
    bcryptHash: (password, cost) => hashes(() => context.bcryptHash(password, cost)),
    bcryptVerify: (password, hash) => hashes(() => context.bcryptVerify(password, hash)),
    rsaPrivateKey: () => keys(() => context.rsaPrivateKey()),
    progress: line.begin,
  };
}

function openLine(context: Context): ProgressLine {
  const tasks = new Set<() => string>();
  const start = performance.now();
  let [timer, visible, frame, hidden] = [undefined as NodeJS.Timeout | undefined, false, 0, false];
  const erase = (): void => {
    if (visible) context.stderr.write(ERASE);
    visible = false;
  };
  const draw = (): void => {
    const text = [...tasks].at(-1);
    if (text === undefined || hidden || performance.now() - start < PATIENCE) return;
    const width = (context.stderr.columns || 80) - 1;
    context.stderr.write(`${ERASE}${`${FRAMES[frame++ % FRAMES.length]} ${text()}`.slice(0, width)}`);
    visible = true;
  };
  return {
    erase,
    begin: (text) => {
      if (isUnattended(context) || isPlain(context) || !context.stderr.isTTY) return () => {};
      tasks.add(text);
      timer ??= setInterval(draw, INTERVAL).unref();
      return () => {
        tasks.delete(text);
        if (tasks.size > 0) return;
        clearInterval(timer);
        timer = undefined;
        erase();
      };
    },
    hideDuring: async (work) => {
      erase();
      hidden = true;
      return work().finally(() => (hidden = false));
    },
  };
}

/** Counts concurrent operations, and how many are done. */
function counted(
  begin: Progress,
  text: (done: number, all: number) => string,
): <T>(work: () => Promise<T>) => Promise<T> {
  let [done, all] = [0, 0];
  return async (work) => {
    all += 1;
    const end = begin(() => text(done, all));
    try {
      return await work();
    } finally {
      done += 1;
      end();
    }
  };
}

function erasing(stream: OutputStream, { erase }: ProgressLine): OutputStream {
  return {
    write: (text) => {
      erase();
      stream.write(text);
    },
    deliver: (text) => {
      erase();
      return stream.deliver(text);
    },
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
  };
}

function asking(stream: InputStream, { hideDuring }: ProgressLine): InputStream {
  return {
    get isTTY() {
      return stream.isTTY;
    },
    readAll: () => hideDuring(() => stream.readAll()),
    readBytes: () => hideDuring(() => stream.readBytes()),
    ask: (question) => hideDuring(() => stream.ask(question)),
    askHidden: (question) => hideDuring(() => stream.askHidden(question)),
  };
}
