import { printDuration, printTimestamp } from "../types/time.ts";
import { printMoney } from "../types/money.ts";
import type { Type } from "../types/type.ts";
import { intervals, type Interval, type Line } from "./line.ts";
import type { Subject } from "./subjects.ts";
import { NO_CURRENCY, NUMBER_TAG, type ValueSet } from "./values.ts";

/** Ranges and values beyond this make a sentence that nobody reads. */
const MAX_SHOWN = 4;

/** What a set asks of a field or feature, in words: "above 5", "`pos` or `ecom`"; null when that takes too many. */
export function describe({ leaf }: Subject, set: ValueSet): string | null {
  if (leaf === null) return null;
  const words = wordsOf(leaf.type, set);
  if (words === null || words.length > MAX_SHOWN) return null;
  const all = set.missing ? [...words, "missing"] : words;
  return all.length === 0 ? null : all.join(" or ");
}

function wordsOf(type: Type, set: ValueSet): readonly string[] | null {
  switch (type.kind) {
    case "number":
    case "duration":
    case "timestamp":
      return lineWords(type, set.tags.get(NUMBER_TAG) ?? [], "");
    case "money": {
      if (set.rest) return null;
      return [...set.tags].filter(([currency]) => currency !== NO_CURRENCY).flatMap(([currency, line]) => lineWords(type, line, currency));
    }
    case "bool":
    case "enum":
    case "string":
      if (!set.rest) return [...set.tags].map(([tag]) => quote(type, tag));
      return set.tags.size === 0 ? ["present"] : set.tags.size > MAX_SHOWN ? null : [`not ${[...set.tags.keys()].map((tag) => quote(type, tag)).join(" and not ")}`];
    default:
      return set.rest && !set.missing ? ["present"] : set.missing && !set.rest ? [] : null;
  }
}

function quote(type: Type, tag: string): string {
  return type.kind === "string" ? `\`${JSON.stringify(tag)}\`` : `\`${tag}\``;
}

function lineWords(type: Type, line: Line, currency: string): readonly string[] {
  return intervals(line).map((each) => intervalWords(each, (at) => printConstant(type, at, currency)));
}

function intervalWords({ low, lowOpen, high, highOpen }: Interval, print: (at: number) => string): string {
  if (low === high) return print(low);
  if (low === -Infinity && high === Infinity) return "present";
  const below = `${highOpen ? "below" : "at most"} ${print(high)}`;
  const above = `${lowOpen ? "above" : "at least"} ${print(low)}`;
  return low === -Infinity ? below : high === Infinity ? above : `${above} and ${below}`;
}

/** A number of a type as an author writes it. */
export function printConstant(type: Type, at: number, currency: string): string {
  switch (type.kind) {
    case "money":
      return printMoney({ minor: at, currency });
    case "duration":
      return printDuration(at);
    case "timestamp":
      return printTimestamp(at);
    case "number":
      return `${at}${type.unit?.text ?? ""}`;
    default:
      return String(at);
  }
}
