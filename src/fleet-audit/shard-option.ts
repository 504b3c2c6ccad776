import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Shard } from "../fleet/shards.js";

/** Parses `I/N`, counted from 1. */
export function parseShard(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (shard.index >= 1 && shard.index <= shard.of) return shard;
  throw new PhalanxError(diagnostic("shard-invalid", { given: text }));
}

/** Parses a number of environments. */
export function parseParallel(text: string): number {
  const number = Number(text);
  if (/^\d{1,3}$/.test(text) && number >= 1) return number;
  throw new PhalanxError(diagnostic("parallel-invalid", { given: text }));
}
