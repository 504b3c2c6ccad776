import type { Socket } from "node:net";

const LIST = Buffer.from("LIST ");
const STAND_IN = Buffer.from("LINK ");

// Node's HTTP parser refuses methods that it does not know, and LIST is one of them. The bytes are changed before the
// parser sees them, to a method of the same length. Only a whole request line matches, which no JSON body contains:
// a line break inside a string is always escaped there.
const REQUEST_LINE = /^LIST \S+ HTTP\/1\.[01]\r\n/;

/** Lets requests with the method LIST through on a connection; `methodOf` tells them apart again. */
export function allowListMethod(socket: Socket): void {
  socket.prependListener("data", (chunk: Buffer) => {
    if (chunk.subarray(0, LIST.length).equals(LIST) && REQUEST_LINE.test(chunk.toString("latin1"))) {
      STAND_IN.copy(chunk);
    }
  });
}

/** The method that the client sent. */
export function methodOf(method: string | undefined): string {
  return method === "LINK" ? "LIST" : (method ?? "GET");
}
