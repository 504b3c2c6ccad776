import fc from "fast-check";

/**
 * What a proxy may respond, complete or truncated.
 *
 * @param echoed Text from the request that it may repeat.
 */
export function proxyAnswers(echoed: string): fc.Arbitrary<Buffer> {
  const statusLine = fc
    .tuple(
      fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/1.1", "HTTP/2", "http/1.1", "ICY", ""),
      fc.constantFrom(
        "200",
        "200",
        "407",
        "502",
        "302",
        "100",
        "101",
        "204",
        "403",
        "20",
        "2000",
        "999",
        "000",
        "-1",
        "",
      ),
      fc.constantFrom(" OK", "", " ", " Connection established", ` ${echoed}`, " \u001b[2J\u202e", "\tOK"),
    )
    .map(([version, status, reason]) => `${version} ${status}${reason}`);
  const header = fc.constantFrom(
    "content-length: 5",
    "content-length: 99999999999",
    "transfer-encoding: chunked",
    `location: http://u:${echoed}@elsewhere.example.org/`,
    `proxy-authenticate: Basic realm="${echoed}"`,
    "connection: close",
    "no colon",
    ": no name",
    `x: ${"y".repeat(20_000)}`,
    "x: \0",
  );
  const body = fc.constantFrom(
    "",
    "",
    "",
    "<html>",
    '{"data":{"keys":["app"]}}',
    "HTTP/1.1 404 Not Found\r\n\r\n",
    "\x16\x03\x01",
    "\r\n",
  );

  return fc
    .oneof(
      {
        weight: 5,
        arbitrary: fc
          .tuple(statusLine, fc.array(header, { maxLength: 2 }), body, fc.constantFrom("\r\n", "\r\n", "\n"))
          .map(([first, headers, rest, end]) => Buffer.from([first, ...headers, "", rest].join(end), "latin1")),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    )
    .chain((whole) =>
      fc.oneof(
        fc.constant(whole),
        fc.nat(whole.length).map((length) => whole.subarray(0, length)),
      ),
    );
}
