import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { environmentOf } from "../../test/support/model.js";
import { PhalanxError } from "../errors.js";
import { readStaticSecrets } from "./static-secrets.js";

const directory = await mkdtemp(join(tmpdir(), "phalanx-library-"));
afterAll(() => rm(directory, { recursive: true }));

test.each([
  ["absent.txt", "does not exist"],
  [".", "cannot be read (EISDIR)"],
])("an identity file that cannot be read is an error of the user: %s", async (name, reason) => {
  const file = join(directory, "static.age");
  await writeFile(file, "age-encryption.org/v1\n-> X25519 abc\n--- def\n");
  const identityFile = join(directory, name);
  const reading = readStaticSecrets(file, environmentOf([]), { identityFile });
  await expect(reading).rejects.toThrow(
    new PhalanxError(`${identityFile} ${reason}`, { hint: "Correct the option identityFile." }),
  );
});
