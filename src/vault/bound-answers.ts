import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Transport } from "../http/request.js";

const MIB = 2 ** 20;

/** A thousand secrets of a quarter of a megabyte each; more than that would exhaust the memory. */
const MOST_HELD = 256 * MIB;

/** A transport for requests whose responses are all kept: limits their total size. */
export function boundAnswers(transport: Transport): Transport {
  let held = 0;
  return async (request) => {
    const response = await transport(request);
    held += response.body.length;
    if (held <= MOST_HELD) return response;
    throw new ServerError(diagnostic("secrets-too-large", { mebibytes: MOST_HELD / MIB }));
  };
}
