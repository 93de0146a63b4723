const QUOTES = `"'“”„‘’`;

/** How many closing signs at the end of a line are left outside of an unclosed text. */
const MAX_CLOSERS = 8;

/** Where an unclosed text most likely ends: on its line, before the signs that close or open what is around it. */
function endOfText(source: string, from: number): number {
  let lineEnd = source.indexOf("\n", from);
  if (lineEnd === -1) lineEnd = source.length;
  let end = from + source.slice(from, lineEnd).trimEnd().length;
  for (let closers = 0; closers < MAX_CLOSERS && end > from; closers++) {
    const last = source.charAt(end - 1);
    const body = source.slice(from, end);
    const opener = last === ")" ? "(" : last === "]" ? "[" : last === "}" ? "{" : "";
    const stray = last === "," || last === "{" || (opener !== "" && body.split(opener).length < body.split(last).length);
    if (!stray) break;
    end = from + source.slice(from, end - 1).trimEnd().length;
  }
  return end;
}

/** Matches a text that lacks its closing quote: to where its line goes on without it. */
export function matchOpenText(source: string, offset: number): [string] | null {
  const at = /[rR]/.test(source.charAt(offset)) ? offset + 1 : offset;
  const quote = source.charAt(at);
  if (quote === "" || !QUOTES.includes(quote)) return null;
  const triple = (quote === '"' || quote === "'") && source.startsWith(quote.repeat(3), at);
  return [source.slice(offset, endOfText(source, at + (triple ? 3 : 1)))];
}
