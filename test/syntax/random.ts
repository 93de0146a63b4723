import { lexer } from "../../grammar/tokens.ts";
import type { Rng } from "../random.ts";

/*
 * Rule files made at random: whole ones that follow the grammar and mostly the types, and ones with mistakes in them.
 */

/** Kinds of values that expressions are made of; `any` is for deliberate misfits. */
type Kind = "bool" | "number" | "length" | "money" | "text" | "time" | "span" | "ip" | "list" | "channel";

const KINDS: readonly Kind[] = ["bool", "number", "length", "money", "text", "time", "span", "ip", "list", "channel"];

const TYPES: Readonly<Record<Kind, string>> = {
  bool: "bool",
  number: "number",
  length: "number[mm]",
  money: "money[USD]",
  text: "string",
  time: "timestamp",
  span: "duration",
  ip: "ip",
  list: "list[string]",
  channel: "enum(pos, ecom, moto)",
};

/** Fields of the event `e`, two of a kind, some with the names of keywords. */
const FIELDS: Readonly<Record<Kind, readonly string[]>> = {
  bool: ["flag", "when"],
  number: ["size", "score"],
  length: ["gap", "over"],
  money: ["amount", "default"],
  text: ["card", "at"],
  time: ["time", "from"],
  span: ["took", "ttl"],
  ip: ["address", "on"],
  list: ["labels", "tags"],
  channel: ["channel", "mode"],
};

const LITERALS: Readonly<Record<Kind, readonly string[]>> = {
  bool: ["true", "false"],
  number: ["0", "1", "2.5", "1_000", "1e3", "0x1F", ".5"],
  length: ["3mm", "2.5cm", "1m"],
  money: ["5.00 USD", "5USD", "1_000 USD"],
  text: ['"a"', "'b c'", 'r"\\d+"', '"\\u00e9\\n"', '"""long"""', '""'],
  time: ["2026-01-31T09:30:00Z"],
  span: ["5min", "1h", "250ms", "7d"],
  ip: ['ip("203.0.113.7")'],
  list: ['["a", "b"]', "[card]", "[]", '["a",]'],
  channel: ["pos", "ecom"],
};

/** Deepest that random expressions nest; deeper ones are the business of the limit tests. */
const MAX_LEVEL = 5;

/** An expression of a kind, as text. Now and then one of another kind, so that the checker has something to say. */
export function randomExpression(rng: Rng, kind: Kind = "bool", level = 0): string {
  if (level > 0 && rng.chance(0.003)) return `(${randomExpression(rng, rng.pick(KINDS), level + 1)})`;
  const wanted = kind;
  if (level >= MAX_LEVEL || rng.chance(0.25)) return leaf(rng, wanted);
  const sub = (of: Kind): string => randomExpression(rng, of, level + 1);
  if (rng.chance(0.08)) return `(${sub("bool")} ? ${sub(wanted)} : ${sub(wanted)})`;
  if (rng.chance(0.06)) return `coalesce(${sub(wanted)}, ${sub(wanted)})`;
  if (rng.chance(0.08)) return `(${sub(wanted)})`;
  switch (wanted) {
    case "bool":
      return condition(rng, sub);
    case "number":
    case "length":
      return rng.pick([
        () => `${sub(wanted)} ${rng.pick(["+", "-"])} ${sub(wanted)}`,
        () => `${sub(wanted)} ${rng.pick(["*", "/"])} ${sub("number")}`,
        () => `-${sub(wanted)}`,
        () => `${rng.pick(["min", "max"])}(${sub(wanted)}, ${sub(wanted)})`,
      ])();
    case "money":
      return `${sub("money")} ${rng.pick(["+", "-"])} ${sub("money")}`;
    case "text":
      return `${sub("text")} + ${sub("text")}`;
    case "list":
      return `[${sub("text")}, ${sub("text")}]`;
    default:
      return leaf(rng, wanted);
  }
}

function leaf(rng: Rng, kind: Kind): string {
  return rng.chance(0.5) ? rng.pick(FIELDS[kind]) : rng.pick(LITERALS[kind]);
}

function condition(rng: Rng, sub: (kind: Kind) => string): string {
  const kind = rng.pick(KINDS);
  const side = (): string => (kind === "bool" ? `(${sub(kind)})` : sub(kind));
  return rng.pick([
    () => `${sub("bool")} ${rng.pick(["and", "or", "&&", "||"])} ${sub("bool")}`,
    () => `not ${sub("bool")}`,
    () => `!(${sub("bool")})`,
    () => `${side()} ${rng.pick(["==", "!="])} ${side()}`,
    () => `${sub("number")} ${rng.pick(["<", "<=", ">", ">="])} ${sub("number")}`,
    () => `${sub("money")} ${rng.pick(["<", ">="])} ${sub("money")}`,
    () => `${sub("text")} ${rng.pick(["in", "not in"])} ${sub("list")}`,
    () => `${sub("number")} in ${sub("number")}..${sub("number")}`,
    () => `${rng.pick(FIELDS[kind])} is ${rng.pick(["missing", "present"])}`,
    () => `(${sub("text")}).${rng.pick(["startsWith", "contains", "endsWith"])}(${sub("text")})`,
    () => `has(e.${rng.pick(FIELDS[kind])})`,
  ])();
}

function several(rng: Rng, most: number, make: (index: number) => string): string {
  return Array.from({ length: rng.below(most + 1) }, (_, index) => make(index)).join("");
}

function event(rng: Rng): string {
  const fields = KINDS.flatMap((kind) => FIELDS[kind].map((name) => ({ kind, name })));
  const lines = fields.map(({ kind, name }) => {
    const doc = rng.chance(0.1) ? "  /// What it is.\n" : "";
    const optional = rng.chance(0.3) ? "?" : "";
    const mark = optional === "" && (kind === "text" || kind === "ip") && rng.chance(0.5) ? " @key" : "";
    const value = optional === "" && mark === "" && (kind === "bool" || kind === "number") && rng.chance(0.3) ? ` = ${rng.pick(LITERALS[kind].slice(0, 2))}` : "";
    return `${doc}  ${name}: ${TYPES[kind]}${optional}${mark}${value}${rng.chance(0.1) ? " // why" : ""}\n`;
  });
  return `event e {\n  id: string @id\n  when_: timestamp @time\n  who: string @key\n${lines.join("")}}\n`;
}

function feature(rng: Rng, index: number): string {
  const aggregate = rng.pick(["count of e", "exists of e", "sum of e.size", "average of e.amount", "distinct of e.card", "last of e.card", "max of e.gap"]);
  const clauses = [
    "by who",
    `over ${rng.pick(["1h", "24h", "7d", "90d"])}`,
    ...(rng.chance(0.3) ? [`where ${randomExpression(rng, "bool", 3)}`] : []),
    ...(rng.chance(0.3) ? ["excluding current"] : []),
    ...(rng.chance(0.2) ? ["ending 7d ago"] : []),
  ].sort(() => rng.next() - 0.5);
  return `feature f${index} = ${aggregate} ${clauses.join(rng.chance(0.5) ? " " : "\n  ")}\n`;
}

function list(rng: Rng, index: number): string {
  const source = rng.pick(['= ["a", "b"]', "managed", "managed ttl 30d", 'from "l.txt"']);
  return `list l${index}: string ${source}\n`;
}

function functionOf(rng: Rng, index: number): string {
  const bodies = { bool: "p.size > q", number: "q + 1", money: "p.amount", text: "p.card" } as const;
  const kind = rng.pick(["bool", "number", "money", "text"] as const);
  const body = rng.chance(0.05) ? "p.took" : rng.pick([bodies[kind], ...LITERALS[kind]]);
  return `function g${index}(p: e, q: number): ${TYPES[kind]} = ${body}\n`;
}

function rule(rng: Rng, index: number): string {
  const title = rng.chance(0.5) ? ` "Rule number ${index}"` : "";
  const clauses = [
    `when ${randomExpression(rng)}`,
    ...(rng.chance(0.6) ? [`then ${rng.pick(["allow", "review", "decline"])}`] : []),
    ...(rng.chance(0.5) ? [`score ${randomExpression(rng, "number", 2)}`] : []),
    ...(rng.chance(0.5) ? [`reason R${index} ${rng.pick(['"plain"', `"{${rng.pick(FIELDS.number)}} {{braces}} {${rng.pick(FIELDS.text)} + 'x'}"`, '""', '"{size + 1}\\n"'])}`] : []),
    ...(rng.chance(0.3) ? ["tags a, b_2"] : []),
  ].sort(() => rng.next() - 0.5);
  return `  ${rng.chance(0.2) ? "/// Why it is.\n  " : ""}rule r${index}${title} {\n${clauses.map((clause) => `    ${clause}\n`).join("")}  }\n`;
}

function ruleset(rng: Rng, index: number): string {
  const policy = rng.pick(["worst", "first", "sum"]);
  const items = [
    "  outcomes allow < review < decline\n",
    `  policy ${policy}\n`,
    "  default allow\n",
    ...(policy === "sum" || rng.chance(0.5) ? ["  thresholds review at 50, decline at 80\n"] : []),
    several(rng, 2, (at) => `  let v${at} = ${randomExpression(rng, rng.pick(["bool", "number", "money"]), 2)}\n`),
  ];
  return `ruleset s${index} on e {\n${items.join("")}${several(rng, 4, (at) => rule(rng, at))}}\n`;
}

/** A whole rule file that follows the grammar. */
export function randomProgram(rng: Rng): string {
  const parts = [
    rng.chance(0.05) ? 'import a, b from "other.risk"\n' : "",
    event(rng),
    several(rng, 2, (at) => list(rng, at)),
    several(rng, 3, (at) => feature(rng, at)),
    several(rng, 2, (at) => functionOf(rng, at)),
    several(rng, 2, (at) => ruleset(rng, at)),
  ];
  const text = parts.join(rng.chance(0.5) ? "\n" : "");
  return rng.chance(0.05) ? text.replaceAll("\n", "\r\n") : text;
}

const JUNK: readonly string[] = [
  "=", "==", "===", "=>", "<>", "&", "|", "!", "?", ":", "..", ".", ",", ";", "@", "#", "$", "\\", "/*", "//", "///", "-", "%", "{", "}",
  "(", ")", "[", "]", '"', "'", '"""', "“", "’", "`", "\t", "\r\n", "\n", "\0", "\uFEFF", "\u200B", "\u2028", "é", "ß", "日本", "👩‍👩‍👧", "e\u0301", "\uD800",
  "0", "1,5", "5 m", "1e999", "9999-99-99", "0x", "AND", "NULL", "between", "like", "is null", "is not", "not", "in", "missing", "list", "feature",
  "rule", "ruleset", "event", "when", "then", "score", "reason", "{{", "}}", "{x", "do", "table", "test", "mode shadow", "clear when", "for 5m", "__proto__", "constructor",
];

const OPENERS: readonly string[] = ["(", "[", "{", "!", "-", "not ", "a ? b : ", "a.b", "a and ", "list[", "1 < ", '"{'];

/** One change to a text: a token taken out, doubled or swapped, characters flipped, junk or a nest put in. */
function mutateOnce(text: string, rng: Rng): string {
  const { tokens } = lexer.tokenize(text);
  const cut = (from: number, to: number, put: string): string => text.slice(0, from) + put + text.slice(to);
  const at = rng.below(text.length + 1);
  if (tokens.length < 2) return cut(at, at, rng.pick(JUNK));
  const index = rng.below(tokens.length - 1);
  const token = tokens[index];
  const next = tokens[index + 1];
  if (token === undefined || next === undefined) return text;
  const end = token.startOffset + token.image.length;
  return rng.pick([
    () => cut(token.startOffset, end, ""),
    () => cut(end, end, ` ${token.image}`),
    () => cut(token.startOffset, next.startOffset + next.image.length, `${next.image} ${token.image}`),
    () => cut(token.startOffset, end, rng.pick(tokens).image),
    () => cut(at, Math.min(text.length, at + 1), String.fromCharCode(rng.below(0x80))),
    () => cut(at, at + rng.below(4), ""),
    () => cut(token.startOffset, token.startOffset, `${rng.pick(JUNK)} `),
    () => cut(at, at, rng.pick(JUNK)),
    () => cut(token.startOffset, token.startOffset, rng.pick(OPENERS).repeat(1 + rng.below(150))),
    () => cut(at, Math.min(text.length, at + rng.below(text.length)), ""),
    () => cut(at, at, text.slice(at, at + rng.below(200))),
  ])();
}

/** A text with one to five changes, of which most break it. */
export function mutate(text: string, rng: Rng): string {
  let mutated = text;
  for (let changes = 1 + rng.below(5); changes > 0; changes--) mutated = mutateOnce(mutated, rng);
  return mutated;
}
