/** Makes changes durable. */
export interface Journal {
  /** Notes that the state differs from what is on disk. */
  changed(): void;
  /** Waits until everything noted so far is on disk. Changes that are noted meanwhile share the next write. */
  durable(): Promise<void>;
}

/** The journal of a server without a data file. */
export const NO_JOURNAL: Journal = { changed: () => {}, durable: () => Promise.resolve() };

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** A journal that saves the whole state each time. */
export function openJournal(save: () => Promise<void>): Journal {
  let dirty = false;
  let writing = false;
  let waiters: Waiter[] = [];

  async function writeIfDirty(): Promise<void> {
    if (!dirty) {
      return;
    }
    dirty = false;
    try {
      await save();
    } catch (error) {
      dirty = true;
      throw error;
    }
  }

  // Whoever begins to wait during a write waits for the next one: the running one may lack his change.
  async function run(): Promise<void> {
    writing = true;
    while (waiters.length > 0) {
      const batch = waiters;
      waiters = [];
      await writeIfDirty().then(
        () => batch.forEach((waiter) => waiter.resolve()),
        (error: unknown) => batch.forEach((waiter) => waiter.reject(error)),
      );
    }
    writing = false;
  }

  return {
    changed: () => {
      dirty = true;
    },
    durable: () =>
      dirty || writing
        ? new Promise((resolve, reject) => {
            waiters.push({ resolve, reject });
            if (!writing) {
              void run();
            }
          })
        : Promise.resolve(),
  };
}
