import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { environmentOf } from "../../test/support/model.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { readStaticSecrets } from "./static-secrets.js";

const directory = await mkdtemp(join(tmpdir(), "phalanx-library-"));
afterAll(() => rm(directory, { recursive: true }));

test.each([
  ["absent.txt", "ENOENT"],
  [".", "EISDIR"],
])("an identity file that cannot be read is an error of the user: %s", async (name, reason) => {
  const file = join(directory, "static.age");
  await writeFile(file, "age-encryption.org/v1\n-> X25519 abc\n--- def\n");
  const identityFile = join(directory, name);
  const reading = readStaticSecrets(file, environmentOf([]), { identityFile });
  await expect(reading).rejects.toThrow(
    new PhalanxError(diagnostic("identity-option-unreadable", { file: identityFile, reason })),
  );
});
