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
    return `${doc}  ${name}: ${TYPES[kind]}${optional}${kind === "number" && value === "" && rng.chance(0.1) ? " in -1e6..1e6" : ""}${mark}${value}${rng.chance(0.1) ? " // why" : ""}\n`;
  });
  return `event e {\n  id: string @id\n  when_: timestamp @time\n  who: string @key\n${lines.join("")}}\n`;
}

function feature(rng: Rng, index: number): string {
  const aggregate = rng.pick(["count of e", "exists of e", "sum of e.size", "average of e.amount", "percentile(95) of e.size", "change of e.gap", "rate of e", "distinct of e.card", "last of e.card", "max of e.gap"]);
  const clauses = [
    "by who",
    `over ${rng.pick(["1h", "24h", "7d", "90d"])}`,
    ...(rng.chance(0.3) ? [`where ${randomExpression(rng, "bool", 3)}`] : []),
    ...(rng.chance(0.3) ? ["excluding current"] : []),
    ...(rng.chance(0.2) ? ["ending 7d ago"] : []),
    ...(rng.chance(0.2) ? ["lateness 10m"] : []),
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
    ...life(rng),
  ].sort(() => rng.next() - 0.5);
  return `  ${rng.chance(0.2) ? "/// Why it is.\n  " : ""}rule r${index}${title} {\n${clauses.map((clause) => `    ${clause}\n`).join("")}  }\n`;
}

/** Clauses that say who answers for a rule, when it counts and what it does. */
function life(rng: Rng): readonly string[] {
  const all = [
    () => rng.pick(["cooldown 15m", "cooldown 1h by who, card"]),
    () => rng.pick(["on missing no match", "on missing match", "on missing review"]),
    () => rng.pick(["mode live", "mode shadow", "mode off"]),
    () => rng.pick(["rollout 25%", "rollout 2.5% by who"]),
    () => rng.pick(["active from 2026-01-01", "active until 2026-12-31", "active from 2026-01-01 until 2026-12-31T12:00:00Z"]),
    () => 'owner "team-a"',
    () => "review by 2027-01-31",
    () => `was old_${rng.below(1_000_000)}, older_${rng.below(1_000_000)}`,
    () => `notice N1${rng.chance(0.5) ? ' "call us"' : ""}`,
    () => rng.pick(['do add who to keep for 24h', "do add who to keep", "do remove who from keep"]),
    () => rng.pick(["do emit stop", "do emit stop { size: size + 1 }", "do emit stop {\n  n: size,\n  why: 'x',\n}"]),
  ];
  return all.filter(() => rng.chance(0.08)).map((make) => make());
}

function cell(rng: Rng): string {
  return rng.pick([
    () => "-",
    () => `${rng.pick(["<", "<=", ">", ">=", "==", "!="])} ${rng.pick(LITERALS.number)}`,
    () => `${rng.pick(LITERALS.number)}, ${rng.pick(LITERALS.number)}`,
    () => `-5..${rng.pick(LITERALS.number)}, > 100`,
    () => rng.pick(["in [1, 2]", "not in [3]", "in 1..5", "is missing", "is present"]),
    () => randomExpression(rng, "number", 4),
  ])();
}

function table(rng: Rng, index: number): string {
  const rows = several(rng, 4, () => {
    const outputs = [rng.pick(["-", "review", "decline"]), rng.pick(["-", "-5", "10 * 2", "size"]), rng.pick(["-", "R1", 'R2 "{size} {{x}}"'])];
    return `    | ${cell(rng)} | ${cell(rng)} => ${outputs.join(" | ")} |\n`;
  });
  const clauses = several(rng, 2, (at) => `    ${at === 0 ? "mode shadow" : `when ${randomExpression(rng, "bool", 3)}`}\n`);
  const policy = rng.pick(["", " first", " unique", " all"]);
  return `  table t${index}${rng.chance(0.3) ? ' "Title"' : ""}${policy} {\n${clauses}    | size | ${randomExpression(rng, "number", 4)} => then | score | reason |\n${rows}  }\n`;
}

function testOf(rng: Rng, index: number): string {
  const made = `e { who: "a", size: ${rng.pick(LITERALS.number)}, flag: true }`;
  const items = [
    ...(rng.chance(0.3) ? ["clock 2026-03-01T00:00:00Z"] : []),
    ...(rng.chance(0.5) ? [`given ${made} at -50m repeat 9 every 5m`] : []),
    ...(rng.chance(0.2) ? ['given list keep has "a", "b"'] : []),
    `when ${made}${rng.chance(0.3) ? " at 5m" : ""}`,
    ...["expect outcome allow", "expect score >= -1", "expect no rules", 'expect no list keep has "c"', "expect no emit stop", "expect no reason R77"].filter(() => rng.chance(0.4)),
    ...(rng.chance(0.3) ? ["cases {\n    | size | flag => outcome | score |\n    | 1 | - => allow | -5 |\n    | -2 | true => - | 0 |\n  }"] : []),
  ];
  return `test "number ${index}" for s0 {\n${items.map((item) => `  ${item}\n`).join("")}}\n`;
}

const RATES = 'rates ecb {\n  from 2026-01-01 { 1 EUR = 1.0832 USD, 1 EUR = 0.86 GBP }\n  from 2026-02-01 { 1 EUR = 1.1 USD, }\n}\n';

function ruleset(rng: Rng, index: number): string {
  const policy = rng.pick(["worst", "first", "sum"]);
  const items = [
    "  outcomes allow < review < decline\n",
    `  policy ${policy}\n`,
    "  default allow\n",
    ...(policy === "sum" || rng.chance(0.5) ? ["  thresholds review at 50, decline at 80\n"] : []),
    several(rng, 2, (at) => `  let v${at} = ${randomExpression(rng, rng.pick(["bool", "number", "money"]), 2)}\n`),
  ];
  return `ruleset s${index} on e {\n${items.join("")}${several(rng, 4, (at) => rule(rng, at))}${rng.chance(0.3) ? table(rng, index) : ""}}\n`;
}

/** A whole rule file that follows the grammar. */
export function randomProgram(rng: Rng): string {
  const parts = [
    rng.chance(0.05) ? 'import a, b from "other.risk"\n' : "",
    event(rng),
    several(rng, 2, (at) => list(rng, at)),
    several(rng, 3, (at) => feature(rng, at)),
    several(rng, 2, (at) => functionOf(rng, at)),
    ...(rng.chance(0.1) ? [RATES] : []),
    "list keep: string managed\n",
    ruleset(rng, 0),
    several(rng, 1, () => ruleset(rng, 1)),
    ...(rng.chance(0.3) ? [testOf(rng, 1)] : []),
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
