import fc from "fast-check";

/** Occurs in every text; no output may show it. */
export const CANARY = "canary7f3a-canary9b";

/** A text as written by some program. */
export interface Written {
  readonly how: string;
  /** Undefined if the bytes are not text at all. */
  readonly text: string | undefined;
  readonly bytes: Buffer;
}

/**
 * Valid UTF-8, and bytes that only resemble it: truncated, overlong, unpaired surrogates, beyond the last character.
 */
const SPLICES: readonly string[] = [
  "c3a4",
  "e282ac",
  "f09f9880",
  "efbfbd",
  "efbbbf",
  "80",
  "c3",
  "e282",
  "f09f98",
  "c080",
  "c1a1",
  "e08080",
  "eda080",
  "edb080",
  "eda0bdedb880",
  "f0808080",
  "f4908080",
  "f88888888880",
  "fe",
  "ff",
  "fffe",
];

const PIECES = [
  "x",
  "pässword",
  "ключ",
  "名前",
  "😀",
  "’",
  "\uD800",
  "\uDC00",
  "\uFEFF",
  "\u2028",
  "\r\n",
  "\n",
  "\0",
  "\t",
];

/** A text with mostly Latin letters. */
const texts: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.constantFrom(...PIECES), { maxLength: 2 }), fc.array(fc.constantFrom(...PIECES), { maxLength: 2 }))
  .map(([before, after]) => `${before.join("")}${CANARY}${after.join("")}`);

const swapped = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

/** Whether Latin-1 has each character of a text, and the text is not just ASCII. */
const isProperLatin1 = (text: string): boolean => /^[\0-\xff]*$/.test(text) && /[^\0-\x7f]/.test(text);

const ENCODERS: Readonly<Record<string, (text: string) => Buffer>> = {
  "UTF-8": (text) => Buffer.from(text),
  "UTF-8 with a mark": (text) => Buffer.from(`\uFEFF${text}`),
  "Latin-1": (text) => Buffer.from(text, "latin1"),
  "UTF-16": (text) => Buffer.from(`\uFEFF${text}`, "utf16le"),
  "UTF-16 without a mark": (text) => Buffer.from(text, "utf16le"),
  "UTF-16, the other way round": (text) => swapped(`\uFEFF${text}`),
  "UTF-16, the other way round, without a mark": swapped,
};

/**
 * Texts in all encodings, some with invalid bytes.
 *
 * @param around Embeds the text in another one before encoding.
 */
export function writings(around: (text: string) => string = (text) => text): fc.Arbitrary<Written> {
  const encoded = fc.tuple(fc.constantFrom(...Object.keys(ENCODERS)), texts).map(([how, text]) => {
    const fitting = how !== "Latin-1" || isProperLatin1(text) ? text : `${CANARY}ä`;
    return { how, text: fitting, bytes: ENCODERS[how]?.(around(fitting)) ?? Buffer.alloc(0) };
  });
  const spliced = fc.tuple(fc.constantFrom(...SPLICES), texts).map(([splice, text]) => {
    const [before = "", after = ""] = Buffer.from(around(text)).toString("latin1").split(CANARY);
    const bytes = Buffer.from(before + CANARY + Buffer.from(splice, "hex").toString("latin1") + after, "latin1");
    const isText = isUtf8(Buffer.from(splice, "hex"));
    const changed = isText ? text.replace(CANARY, CANARY + Buffer.from(splice, "hex").toString()) : undefined;
    return { how: `with ${splice}`, text: changed, bytes };
  });
  return fc.oneof(encoded, spliced);
}

/** Whether bytes are UTF-8, by the table in RFC 3629, section 4. */
export function isUtf8(bytes: Uint8Array): boolean {
  const tail = "[\\x80-\\xbf]";
  const character = [
    "[\\0-\\x7f]",
    `[\\xc2-\\xdf]${tail}`,
    `\\xe0[\\xa0-\\xbf]${tail}`,
    `[\\xe1-\\xec\\xee\\xef]${tail}{2}`,
    `\\xed[\\x80-\\x9f]${tail}`,
    `\\xf0[\\x90-\\xbf]${tail}{2}`,
    `[\\xf1-\\xf3]${tail}{3}`,
    `\\xf4[\\x80-\\x8f]${tail}{2}`,
  ];
  return new RegExp(`^(?:${character.join("|")})*$`).test(Buffer.from(bytes).toString("latin1"));
}
