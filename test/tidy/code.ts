/*
 * Source text without its comments and with empty strings, at the same offsets, so that what a pattern finds is code.
 * Code inside `${…}` stays. A slash is a regular expression where an operand may start, as in the ECMAScript grammar.
 */

interface Reader {
  readonly text: string;
  at: number;
  out: string;
}

/** What may stand before a regular expression: an operator, an opening bracket, a keyword, or nothing. */
const OPERAND_FOLLOWS = /(?:^|[=(,:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield))\s*$/;

export function codeOf(text: string): string {
  const reader: Reader = { text, at: 0, out: "" };
  code(reader, false);
  return reader.out;
}

/** Reads code to the end or, inside of a template, to the brace that ends the hole. */
function code(reader: Reader, inHole: boolean): void {
  let depth = 0;
  while (reader.at < reader.text.length) {
    const char = reader.text[reader.at] ?? "";
    const pair = reader.text.slice(reader.at, reader.at + 2);
    if (pair === "//") blank(reader, /\n|$/g, false);
    else if (pair === "/*") blank(reader, /\*\/|$/g, true);
    else if (char === '"' || char === "'") quoted(reader, char);
    else if (char === "`") template(reader);
    else if (char === "/" && OPERAND_FOLLOWS.test(reader.out.slice(-200))) regex(reader);
    else {
      if (char === "{") depth++;
      if (char === "}" && depth-- === 0 && inHole) return;
      keep(reader);
    }
  }
}

function keep(reader: Reader): void {
  reader.out += reader.text[reader.at++] ?? "";
}

function hide(reader: Reader): void {
  reader.out += reader.text[reader.at++] === "\n" ? "\n" : " ";
}

/** Hides up to where the pattern matches, with the match when it is part of it. */
function blank(reader: Reader, end: RegExp, including: boolean): void {
  end.lastIndex = reader.at + 2;
  const match = end.exec(reader.text);
  const stop = match === null ? reader.text.length : match.index + (including ? match[0].length : 0);
  while (reader.at < stop) hide(reader);
}

function quoted(reader: Reader, quote: string): void {
  keep(reader);
  while (reader.at < reader.text.length && reader.text[reader.at] !== quote) {
    if (reader.text[reader.at] === "\\") hide(reader);
    hide(reader);
  }
  keep(reader);
}

function template(reader: Reader): void {
  keep(reader);
  while (reader.at < reader.text.length && reader.text[reader.at] !== "`") {
    if (reader.text.startsWith("${", reader.at)) {
      keep(reader);
      keep(reader);
      code(reader, true);
      keep(reader);
      continue;
    }
    if (reader.text[reader.at] === "\\") hide(reader);
    hide(reader);
  }
  keep(reader);
}

function regex(reader: Reader): void {
  let inClass = false;
  keep(reader);
  while (reader.at < reader.text.length && reader.text[reader.at] !== "\n") {
    const char = reader.text[reader.at];
    if (char === "/" && !inClass) break;
    if (char === "[") inClass = true;
    if (char === "]") inClass = false;
    if (char === "\\") hide(reader);
    hide(reader);
  }
  keep(reader);
}
