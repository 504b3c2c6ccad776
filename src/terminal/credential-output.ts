import type { Stats } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ExitCode, PhalanxError } from "../errors.js";
import { type FileKind, refuseReplacing } from "../files/file-kind.js";
import { isSame, openOwn, removeSame } from "../files/ownership.js";
import { reasonOf } from "../files/file-fault.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { Context } from "./context.js";
import { refuseIrreplaceable, writePrivateFile, writeRefusal } from "../files/write-file.js";
import { jsonText } from "../render/json.js";
import { openPipe } from "./open-pipe.js";

export interface OutputOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** Where a credential goes: standard output, or a file that only its owner may read. */
export interface CredentialOutput {
  /**
   * Resolves once the credential has arrived safely: until then its predecessors must stay valid.
   *
   * @param result The same as `text`, for programs.
   */
  readonly deliver: (text: string, result: object) => Promise<void>;
  /** Removes the output again, unless something was delivered. */
  readonly release: () => Promise<void>;
}

/** @throws PhalanxError if the output exists or cannot be written to, before anything is created. */
export async function openOutput(
  context: Context,
  { output, force = false }: OutputOptions,
  kind: FileKind,
): Promise<CredentialOutput> {
  if (output === undefined) {
    const deliver = (text: string, result: object): Promise<void> =>
      (context.answer?.deliver(result) ?? context.stdout.deliver(text)).catch((error: unknown) => {
        throw new PhalanxError(diagnostic("stdout-unwritable", { reason: reasonOf(error) }), { cause: error });
      });
    return { deliver, release: () => Promise.resolve() };
  }
  const written = (text: string, result: object): string => (context.answer ? jsonText(result) : text);
  const path = resolve(context.cwd, output);
  const pipe = await openPipe(context, path, output);
  if (pipe !== undefined) {
    const deliver = (text: string, result: object): Promise<void> =>
      pipe.write(written(text, result)).catch((error: unknown) => {
        throw writeRefusal(error, output);
      });
    return { deliver, release: pipe.close };
  }
  let made: Stats | undefined;
  if (force) await refuseIrreplaceable(path, output);
  await refuseReplacing(path, output, kind, force);
  if (!force) made = await writePrivateFile(path, output, "", false);
  let delivered = false;
  return {
    deliver: async (credential, result) => {
      const text = written(credential, result);
      made = await writePrivateFile(path, output, text, true);
      await readBack(path, output, text, made);
      delivered = true;
    },
    release: async () => {
      if (!delivered && made !== undefined) await removeSame(path, made);
    },
  };
}

/** A full disk, or a lost network share, may report an error only after the write. */
async function readBack(path: string, shown: string, text: string, made: Stats): Promise<void> {
  try {
    const directory = await open(dirname(path), "r");
    // Not every file system supports this for a directory.
    await directory.sync().catch(() => undefined);
    await directory.close();
    const { file, status } = await openOwn(path);
    try {
      if (isSame(status, made) && (await file.readFile("utf8")) === text) return;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw writeRefusal(error, shown);
  }
  throw new PhalanxError(diagnostic("output-file-differs", { file: shown }));
}

type Made = Diagnostic<"credential-incomplete">["details"];

/** Reports what is left to do after a credential was created and shown. */
export function requireComplete(problems: readonly AnyDiagnostic[], made: Made): void {
  if (problems.length > 0) throw incomplete(problems, made);
}

export function incomplete(problems: readonly AnyDiagnostic[], made: Made): PhalanxError {
  return new PhalanxError(diagnostic("credential-incomplete", made), {
    problems,
    exitCode: ExitCode.findings,
  });
}
