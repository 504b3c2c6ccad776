import { isUtf8 } from "node:buffer";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { LARGEST_ANSWER, type TransportResponse } from "./request.js";

/** Far more than any server's error message; the rest is discarded. */
const LARGEST_ERROR = 2 ** 20;

/** How far a request got before it failed. */
export interface Progress {
  /** Whether it may have been sent. */
  readonly connected: boolean;
  /** Whether it got no connection in time, not even one being opened. */
  readonly waiting: boolean;
}

export type Failing = (error: unknown, progress: Progress) => Error;

/** Aborts each request in flight. */
export type UnderWay = Set<(error: Error) => void>;

export interface ExchangeOptions {
  /** Whether the request may be sent only once TLS has authenticated the server. */
  readonly secure: boolean;
  /** Milliseconds until the response must be complete. */
  readonly timeout: number;
  readonly fail: Failing;
  readonly underWay: UnderWay;
}

/** Sends a request, and waits for the complete response. */
export function exchange(
  outgoing: ClientRequest,
  body: string | undefined,
  { secure, timeout, fail, underWay }: ExchangeOptions,
): Promise<TransportResponse> {
  return new Promise((done, reject) => {
    let connected = false;
    const settle = (): void => {
      clearTimeout(deadline);
      underWay.delete(giveUp);
    };
    const refuse = (error: unknown, waiting = false): void => {
      settle();
      reject(fail(error, { connected, waiting }));
    };
    const giveUp = (error: Error, waiting = false): void => {
      refuse(error, waiting);
      outgoing.destroy();
    };
    const deadline = setTimeout(() => giveUp(failed("timeout", "ETIMEDOUT"), outgoing.socket === null), timeout);
    underWay.add(giveUp);
    outgoing.on("socket", (socket: Socket) => {
      connected = outgoing.reusedSocket || (!secure && !socket.connecting);
      if (!connected) socket.once(secure ? "secureConnect" : "connect", () => (connected = true));
    });
    outgoing.on("response", (incoming: IncomingMessage) => {
      const status = incoming.statusCode ?? 0;
      // A refusal may arrive before the whole request is sent; a genuine response cannot. With TLS, nobody else can
      // respond, and Node may read the response before it learns that the last bytes were sent.
      if (!secure && status < 400 && !outgoing.writableFinished) return giveUp(failed("too early", "EBADMSG"));
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > LARGEST_ANSWER) incoming.destroy(failed("too large", "EMSGSIZE"));
        else if (size <= LARGEST_ERROR || status < 400) chunks.push(chunk);
      });
      incoming.on("error", (error) => refuse(error));
      incoming.on("end", () => {
        if (!incoming.complete) return refuse(failed("cut off", "ECONNRESET"));
        const bytes = Buffer.concat(chunks);
        // Error messages are only displayed. In a value, U+FFFD would silently replace unreadable bytes.
        if (status < 400 && !isUtf8(bytes)) return refuse(failed("not UTF-8", "EILSEQ"));
        settle();
        done({ status, headers: incoming.headers, body: bytes.toString("utf8") });
      });
    });
    outgoing.on("error", (error) => refuse(error));
    outgoing.end(body);
  });
}

/** An error with a code, like a system error. */
export function failed(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
