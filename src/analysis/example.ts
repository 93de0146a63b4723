import { printMoney } from "../types/money.ts";
import { printDuration, printTimestamp } from "../types/time.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Ip, type Money, type Value } from "../types/value.ts";
import type { Given, Witness } from "./witness.ts";

/** Where a witness is shown: what the test is called and what it expects. */
export interface Setting {
  readonly title: string;
  readonly ruleset: string;
  readonly event: string;
  readonly expectations: readonly string[];
}

/** A witness as a `test` block that an author can put into a file as it is. */
export function testBlock({ fields, features, listed }: Witness, { title, ruleset, event, expectations }: Setting): string {
  const written = fields.map(({ leaf, value }) => `${leaf.name}: ${printLiteral(value, leaf.type)}`);
  return [
    `test ${JSON.stringify(title)} for ${ruleset} {`,
    ...features.map((each) => `  given feature ${each.leaf.name} = ${given(each)}`),
    ...listed.map(({ list, key, element }) => `  given list ${list} has ${element.kind === "number" ? `${key}${element.unit?.text ?? ""}` : JSON.stringify(key)}`),
    `  when ${event} {${written.length === 0 ? "" : ` ${written.join(", ")} `}}`,
    ...expectations.map((each) => `  expect ${each}`),
    "}",
  ].join("\n");
}

function given({ leaf, value }: Given): string {
  return value instanceof Missing ? "missing" : printLiteral(value, leaf.type);
}

function printLiteral(value: Value | Missing, type: Type): string {
  switch (type.kind) {
    case "money":
      return printMoney(value as Money);
    case "duration":
      return printDuration(value as number);
    case "timestamp":
      return printTimestamp(value as number);
    case "number":
      return `${value as number}${type.unit?.text ?? ""}`;
    case "ip":
      return JSON.stringify((value as Ip).text);
    case "string":
      return JSON.stringify(value);
    case "bool":
      return value === true ? "true" : "false";
    default:
      return typeof value === "string" ? value : "missing";
  }
}
