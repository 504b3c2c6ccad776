import type { ApplicationState, CurrentState } from "../../src/model/current-state.js";
import type { ApplicationWrite } from "../../src/model/write.js";
import type { GeneratorPorts } from "../../src/secrets/generators.js";

/** What Vault would hold after the writes; throws if a real server would refuse the check-and-set. */
export function afterWrites(current: CurrentState, writes: readonly ApplicationWrite[]): CurrentState {
  const next = new Map<string, ApplicationState>(current);
  for (const write of writes) {
    const state = current.get(write.application);
    const createdTime = "2026-02-02T00:00:00Z";
    if (write.kind === "put") {
      if ((state?.version ?? 0) !== write.cas) throw new Error(`check-and-set ${write.cas} against ${state?.version}`);
      next.set(write.application, {
        kind: "present",
        version: write.cas + 1,
        createdTime,
        customMetadata: {},
        values: write.values,
      });
    } else if (write.kind === "delete") {
      if (state?.version !== write.version) throw new Error("deletes a version that is not the latest");
      next.set(write.application, {
        kind: "deleted",
        version: write.version,
        createdTime,
        customMetadata: {},
        deletionTime: createdTime,
      });
    }
  }
  return next;
}

/** Generators that count instead of being random, with hashes that cost nothing. */
export function countingPorts(mark = ""): GeneratorPorts {
  let count = 0;
  return {
    randomBytes: (size) => {
      count += 1;
      const bytes = new Uint8Array(size);
      bytes.set(Buffer.from(mark).subarray(0, size - 4));
      new DataView(bytes.buffer).setUint32(size - 4, count);
      return bytes;
    },
    now: () => new Date(Date.UTC(2030, 0, 1, 0, 0, (count += 1))),
    bcryptHash: (password, cost) =>
      Promise.resolve(`hash of ${password.length} at ${cost}, number ${mark}${(count += 1)}`),
    rsaPrivateKey: () => Promise.resolve(`rsa key ${mark}${(count += 1)}`),
  };
}
