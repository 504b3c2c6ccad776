import type { RequestLog } from "../http/request-log.js";
import type { Context } from "./context.js";

/** The options that every command has. */
export interface LogOptions {
  readonly verbose?: boolean;
  readonly logFormat?: "text" | "json";
}

/** The same context with a log of requests on stderr, one line each. */
export function withRequestLog(context: Context, format: LogOptions["logFormat"] = "text"): Context {
  const { now, stderr } = context;
  const requestLog: RequestLog = ({ server, method, path, outcome, milliseconds }) => {
    const line =
      format === "json"
        ? JSON.stringify({
            time: now().toISOString(),
            server,
            method,
            path,
            ...(typeof outcome === "number" ? { status: outcome } : { error: outcome }),
            ms: milliseconds,
          })
        : `${server}: ${method} ${path} ${outcome} ${milliseconds} ms`;
    stderr.write(`${line}\n`);
  };
  return { ...context, requestLog };
}
