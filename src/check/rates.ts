import type { RateEdition, RatesDecl, StringLit, TimestampLit } from "../syntax/ast.ts";
import { candidates } from "../text/path.ts";
import type { Span } from "../text/span.ts";
import { minorDigits } from "../types/currency.ts";
import { parseDecimal, type Edition, type Rate } from "../types/rates.ts";
import { parseTimestamp, printTimestamp } from "../types/time.ts";
import type { Build } from "./build.ts";
import type { RatesInfo } from "./checked.ts";
import { PATHS } from "./symbols.ts";

/** Rates in all editions of one declaration: thirty currencies every working day for thirty years. */
export const MAX_RATES = 250_000;

/** Gives a declaration of rates its editions. */
export function checkRates(build: Build, file: string, decl: RatesDecl): RatesInfo {
  const { source } = decl;
  const editions = source === null ? [] : source.kind === "file" ? fileEditions(build, file, source.path) : inlineEditions(build, source.editions);
  if (source?.kind === "inline" && source.editions.length === 0 && !build.report.touches(decl.span)) {
    build.report.add("RSK0451", source.span, `\`${decl.name.name}\` has no rates`, { help: "write `from 2026-11-01 { 1 EUR = 1.0832 USD }`" });
  }
  return { decl, editions };
}

function inlineEditions(build: Build, written: readonly RateEdition[]): readonly Edition[] {
  const editions: Edition[] = [];
  for (const edition of written) {
    const from = startOf(build, edition.from, editions.at(-1));
    const rates = ratesOf(build, edition);
    if (from !== undefined) editions.push({ from, rates });
  }
  return editions;
}

function startOf(build: Build, literal: TimestampLit, before: Edition | undefined): number | undefined {
  const from = parseTimestamp(literal.text, false);
  if (from === undefined) {
    build.report.add("RSK0208", literal.span, `\`${literal.text}\` is not a date or time that exists`);
    return undefined;
  }
  if (before === undefined || from > before.from) return from;
  const same = from === before.from;
  build.report.add("RSK0452", literal.span, same ? "there is an edition from this time already" : `this edition stands after the one from ${printTimestamp(before.from)}, which is later`, {
    help: same ? "put its rates into one edition" : "editions stand in order of time",
  });
  return undefined;
}

function ratesOf(build: Build, edition: RateEdition): readonly Rate[] {
  const rates: Rate[] = [];
  const pairs = new Set<string>();
  for (const { base, quote, span } of edition.rates) {
    const found = makeRate(base.currency, quote.currency, base.amount, quote.amount, pairs);
    if (typeof found === "string") build.report.add("RSK0451", span, found, { help: "write `1 EUR = 1.0832 USD`" });
    else rates.push(found);
  }
  return rates;
}

/** A rate, or what is wrong with it. `pairs` are those of the edition so far. */
function makeRate(base: string, quote: string, baseAmount: string, quoteAmount: string, pairs: Set<string>): Rate | string {
  for (const currency of [base, quote]) if (minorDigits(currency) === undefined) return `\`${currency}\` is not an ISO 4217 currency code`;
  if (base === quote) return `a rate is between two currencies, both are ${base}`;
  const from = parseDecimal(baseAmount);
  const to = parseDecimal(quoteAmount);
  if (from === undefined || to === undefined) return "a rate is digits with an optional point, at most 20 on either side of it";
  if (from.numerator <= 0n || to.numerator <= 0n) return "a rate is above 0";
  const pair = `${base} ${quote}`;
  if (pairs.has(pair)) return `the rate from ${base} to ${quote} is given twice in this edition`;
  pairs.add(pair);
  return { base, quote, numerator: to.numerator * from.denominator, denominator: to.denominator * from.numerator };
}

/** A line is `date,base,quote,rate`, in order of the dates; blank lines, `#` comments and a line of headings are skipped. */
function fileEditions(build: Build, file: string, path: StringLit): readonly Edition[] {
  const found = candidates(file, path.value).find((each) => build.data.has(each));
  const text = found === undefined ? undefined : build.data.get(found);
  if (found === undefined || text === undefined) {
    build.report.add("RSK0306", path.span, `there is no rate file \`${path.value}\``, { help: PATHS });
    return [];
  }
  return readLines(build, path.span, found, text.split("\n"));
}

function readLines(build: Build, span: Span, name: string, lines: readonly string[]): readonly Edition[] {
  const editions: Draft[] = [];
  let count = 0;
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || (count === 0 && /^date\s*,/i.test(line))) continue;
    const problem = readLine(line, editions);
    if (problem !== undefined) {
      build.report.add(problem.code, span, `${name}:${index + 1}: ${problem.message}`, { help: "a line is `2026-11-01,EUR,USD,1.0832`, in order of the dates" });
      return [];
    }
    if (++count > MAX_RATES) {
      build.report.add("RSK0415", span, `${name} has more than ${MAX_RATES} rates`);
      return [];
    }
  }
  if (count === 0) build.report.add("RSK0451", span, `${name} has no rates`, { help: "a line is `2026-11-01,EUR,USD,1.0832`" });
  return editions.map(({ from, rates }) => ({ from, rates }));
}

interface Draft extends Edition {
  /** As written. */
  readonly date: string;
  readonly rates: Rate[];
  readonly pairs: Set<string>;
}

interface Problem {
  readonly code: "RSK0451" | "RSK0452";
  readonly message: string;
}

/** Adds the rate of one line to the last edition, or begins another; else what is wrong with it. */
function readLine(line: string, editions: Draft[]): Problem | undefined {
  const columns = line.split(",").map((column) => column.trim());
  const [date = "", base = "", quote = "", rate = ""] = columns;
  const last = editions.at(-1);
  const from = date === last?.date ? last.from : parseTimestamp(date, false);
  if (columns.length !== 4 || from === undefined) return { code: "RSK0451", message: `\`${line.slice(0, 60)}\` is not a date, two currencies and a rate` };
  if (last !== undefined && from < last.from) return { code: "RSK0452", message: `${date} stands after ${printTimestamp(last.from)}, which is later` };
  const edition: Draft = last?.from === from ? last : { from, date, rates: [], pairs: new Set() };
  const found = makeRate(base, quote, "1", rate, edition.pairs);
  if (typeof found === "string") return { code: "RSK0451", message: found };
  edition.rates.push(found);
  if (edition !== last) editions.push(edition);
  return undefined;
}
