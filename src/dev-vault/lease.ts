import { MAX_LEASE_SECONDS } from "./core.js";
import { shortDuration } from "./duration.js";
import { badRequest } from "./errors.js";

/** What determines how long a token lives from now on. Seconds; 0 for none. */
export interface LeaseRequest {
  readonly ttl: number;
  readonly period: number;
  readonly maxTtl: number;
  readonly explicitMaxTtl: number;
  /** When the token was created, and now, in milliseconds. */
  readonly created: number;
  readonly now: number;
}

export interface Lease {
  readonly seconds: number;
  readonly warnings: readonly string[];
}

function capped(what: "TTL" | "period", asked: number, max: number): string {
  return `${what} of "${shortDuration(asked)}" exceeded the effective max_ttl of "${shortDuration(max)}"; ${what} value is capped accordingly`;
}

/** The life of a token that is created or renewed, cut to the maximum with a warning. */
export function lease(request: LeaseRequest): Lease {
  const limits = [MAX_LEASE_SECONDS, request.maxTtl, request.explicitMaxTtl].filter((limit) => limit > 0);
  const max = Math.min(...limits);
  const warnings: string[] = [];
  let seconds = request.ttl > 0 ? request.ttl : MAX_LEASE_SECONDS;
  let limit: number | undefined = max;
  if (request.period > 0) {
    if (request.period > max) {
      warnings.push(capped("period", request.period, max));
    }
    seconds = Math.min(request.period, max);
    limit = request.explicitMaxTtl > 0 ? request.explicitMaxTtl : undefined;
  }
  if (limit !== undefined) {
    const age = Math.floor(request.now / 1000) - Math.floor(request.created / 1000);
    const left = limit - age;
    if (left <= 0) {
      throw badRequest("past the max TTL, cannot renew");
    }
    if (seconds > left) {
      warnings.push(capped("TTL", seconds, left));
      seconds = left;
    }
  }
  return { seconds, warnings };
}
