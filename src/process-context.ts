import { setMaxListeners } from "node:events";
import { writeSync } from "node:fs";
import type { Asking } from "./terminal/ask.js";
import type { Context, OutputStream, StopSignal } from "./terminal/context.js";
import { ports } from "./terminal/ports.js";
import { ExitCode, PhalanxError } from "./errors.js";
import { reasonOf } from "./files/file-fault.js";
import { diagnostic } from "./model/diagnostics/index.js";
import { decodeUtf8, encodingOf } from "./model/text-encoding.js";
import { renderCrash } from "./render/crash.js";
import { fitted } from "./render/fold.js";

/**
 * From now on, an unexpected error ends the program without its message. Node would print it, and it may quote
 * anything. Exit status 1, because something may have been written.
 */
export function onMistake(): void {
  process.on("uncaughtException", (error) => {
    writeSync(process.stderr.fd, renderCrash(error));
    process.exit(ExitCode.findings);
  });
}

type OnFailure = (error: PhalanxError) => void;

function openStream(name: "stdout" | "stderr", onFailure: OnFailure): NodeJS.WriteStream {
  const stream = process[name];
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that closes the pipe early (head, less) is not an error; and a fault of stderr cannot be reported.
    if (error.code !== "EPIPE" && name === "stdout")
      onFailure(new PhalanxError(diagnostic("stdout-unwritable", { reason: reasonOf(error) })));
  });
  return stream;
}

/** Opening a stream, or even looking at it, takes longer than showing the help. */
function outputStream(name: "stdout" | "stderr", onFailure: OnFailure): OutputStream {
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => (opened ??= openStream(name, onFailure));
  // Text on stderr is for a person; stdout may also carry a file to copy.
  const shown = (text: string): string => (name === "stderr" ? fitted(stream(), text) : text);
  return {
    write: (text) => void stream().write(shown(text)),
    deliver: (text) =>
      new Promise((done, fail) => void stream().write(shown(text), (error) => (error ? fail(error) : done()))),
    get isTTY() {
      return stream().isTTY;
    },
    get columns() {
      return stream().columns;
    },
  };
}

async function readStandardInput(): Promise<Buffer> {
  const { readBounded } = await import("./files/read-bounded.js");
  return readBounded(process.stdin).catch((error: unknown) => {
    throw new PhalanxError(diagnostic("stdin-unreadable", { reason: reasonOf(error) }), { cause: error });
  });
}

/** Prompts on this process's terminal until there is an answer or an interrupt. */
async function asking<T>(ask: (at: Asking & { readonly output: NodeJS.WriteStream }) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  try {
    return await ask({ input: process.stdin, output: process.stderr, stop: controller.signal });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, stop);
  }
}

/** The current directory may have been removed; then only absolute paths work. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

/**
 * Everything outside this process that a command may touch.
 *
 * @param onFailure Called if standard output cannot be written.
 */
export function processContext(onFailure: OnFailure): Context {
  return {
    ...ports,
    env: process.env,
    cwd: currentDirectory(),
    stdin: {
      get isTTY() {
        return process.stdin.isTTY;
      },
      readBytes: readStandardInput,
      readAll: async () => {
        const input = await readStandardInput();
        const text = decodeUtf8(input);
        if (text !== undefined) return text;
        throw new PhalanxError(diagnostic("stdin-not-utf8", encodingOf(input)));
      },
      ask: (question) => asking(async (at) => (await import("./terminal/ask.js")).ask(at, fitted(at.output, question))),
      askHidden: (question) =>
        asking(async (at) => (await import("./terminal/ask.js")).askHidden(at, fitted(at.output, question))),
    },
    stdout: outputStream("stdout", onFailure),
    stderr: outputStream("stderr", onFailure),
    interrupted: () =>
      new Promise((done) => {
        process.once("SIGINT", () => done());
        process.once("SIGTERM", () => done());
      }),
    deferInterrupts: () => {
      const controller = new AbortController();
      const { signal } = controller;
      // Every waiting request listens to it; with more than ten, Node would report a leak on stderr.
      setMaxListeners(0, signal);
      // Once the listeners are gone, a second signal ends the program as usual.
      const note = (): void => {
        controller.abort();
        end();
      };
      const end = (): void => void ["SIGINT", "SIGTERM"].map((signal) => process.removeListener(signal, note));
      process.on("SIGINT", note);
      process.on("SIGTERM", note);
      return { signal, end };
    },
    onStopSignal: (handler) => {
      const signals: readonly StopSignal[] = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"];
      const onSignal = (signal: NodeJS.Signals): void => {
        if (handler(signal as StopSignal)) return;
        end();
        process.kill(process.pid, signal);
      };
      const end = (): void => void signals.map((signal) => process.removeListener(signal, onSignal));
      for (const signal of signals) process.on(signal, onSignal);
      return end;
    },
  };
}
