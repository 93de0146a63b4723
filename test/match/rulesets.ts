import type { Arrival } from "../oracle/decide.ts";
import type { Dice } from "../oracle/dice.ts";
import { START } from "../oracle/kinds.ts";

/*
 * Random rulesets of any size over one event, of the conditions that rules are made of, so that many rules ask the same
 * of the same fields. Constants and events come from small pools, so that events meet the limits exactly.
 */

const NUMBERS = [0, 1, 2, 3, 5, 7, 10, 0.1, 0.5, 2.5, 1e3, 1e15, 1e308, 1e-7, 33.3];
const AMOUNTS = ["0.01 USD", "1.00 USD", "5.00 USD", "100.00 USD", "1.00 EUR", "5.00 EUR", "500 JPY"];
const FACTORS = [0, 0.1, 0.5, 1, 1.1, 2, 3, 10, 1e3];
const TEXTS = ["", "a", "ab", "abc", "b", "ba", "card_1", "card_22", "x@y.zz", "\u00e9", "\u{1f600}"];
const MEMBERS = ["ecom", "pos", "moto"];
const SPANS = ["10s", "1m", "5m"];

const HEAD = `event e {
  at: timestamp @time
  who: string? @key
  n0: number?
  n1: number?
  n2: number
  m0: money?
  m1: money?
  t0: string?
  t1: string?
  t2: string
  c: enum(ecom, pos, moto)?
  b0: bool?
  b1: bool
  net: ip?
}
list names: string = ["a", "abc", "card_1"]
list limits: number = [1, 5, 33.3]
list watched: string managed
feature often = count of e by who over 1m
feature total = sum of e.n0 by who over 5m
feature usual = average of e.m0 by who over 5m excluding current
function near(a: number, b: number): bool = a - b < 2 and b - a < 2
`;

const LETS = `  let ratio = n0 / n1
  let far = n0 > 5 or n1 is missing
  let steady = b1 and n2 < 7
  let limit = n1 * 2`;

function number(dice: Dice): string {
  return `${dice.chance(0.1) ? "-" : ""}${dice.pick(NUMBERS)}`;
}

const numbers = (dice: Dice): string => dice.pick(["n0", "n0", "n1", "n2", "often", "total", "ratio", "limit", "(n0 + n1)", "(n2 - n0)", "(limit - n0 * 10)", "size(t0)"]);
const amounts = (dice: Dice): string => dice.pick(["m0", "m0", "m1", "usual"]);
const texts = (dice: Dice): string => dice.pick(["t0", "t0", "t1", "t2", "who", "lower(t1)"]);
const sign = (dice: Dice): string => dice.pick(["<", "<=", ">", ">=", "==", "!="]);
const order = (dice: Dice): string => dice.pick(["<", "<=", ">", ">="]);
const within = (dice: Dice): string => dice.pick(["in", "in", "not in"]);
const quoted = (dice: Dice): string => JSON.stringify(dice.pick(TEXTS));

const ATOMS: readonly ((dice: Dice) => string)[] = [
  (d) => `${numbers(d)} ${sign(d)} ${number(d)}`,
  (d) => `${numbers(d)} ${order(d)} ${number(d)}`,
  (d) => `${number(d)} ${order(d)} ${numbers(d)}`,
  (d) => `${numbers(d)} ${within(d)} ${number(d)}..${number(d)}`,
  (d) => `${numbers(d)} ${within(d)} [${d.several(1, 4, () => number(d)).join(", ")}]`,
  (d) => `${numbers(d)} ${within(d)} limits`,
  (d) => `${numbers(d)} ${sign(d)} ${numbers(d)}`,
  (d) => `${numbers(d)} ${order(d)} ${numbers(d)} * ${d.pick(FACTORS)}`,
  (d) => `${d.pick(FACTORS)} * ${numbers(d)} ${order(d)} ${numbers(d)}`,
  (d) => `${amounts(d)} ${sign(d)} ${d.pick(AMOUNTS)}`,
  (d) => `${d.pick(AMOUNTS)} ${order(d)} ${amounts(d)}`,
  (d) => `${amounts(d)} ${within(d)} 1.00 USD..${d.pick(["5.00 USD", "100.00 USD"])}`,
  (d) => `${amounts(d)} ${order(d)} ${amounts(d)} * ${d.pick([...FACTORS, 1e12, -1])}`,
  (d) => `${texts(d)} ${d.pick(["==", "==", "!="])} ${quoted(d)}`,
  (d) => `${texts(d)} ${within(d)} [${d.several(1, 5, () => quoted(d)).join(", ")}]`,
  (d) => `${texts(d)} ${within(d)} ${d.pick(["names", "names", "watched"])}`,
  (d) => `${texts(d)}.${d.pick(["startsWith", "endsWith"])}(${quoted(d)})`,
  (d) => `${d.chance(0.1) ? "not " : ""}${texts(d)}.contains(${quoted(d)})`,
  (d) => `t1.contains(${quoted(d)}) ${d.pick(["and", "or"])} t1.contains(${quoted(d)})`,
  (d) => `${texts(d)} ${sign(d)} ${texts(d)}`,
  (d) => `c ${d.pick(["==", "!="])} ${d.pick(MEMBERS)}`,
  (d) => `c ${within(d)} [ecom, ${d.pick(MEMBERS)}]`,
  (d) => d.pick(["b0", "b1", "not b0", "b0 == true", "b1 != b0", "far", "steady", "not far", "near(n0, n1)", "is_private(net)"]),
  (d) => `${d.pick([numbers(d), amounts(d), texts(d), "b0", "net", "c", "(n0 > 5 and b0)"])} is ${d.pick(["missing", "present"])}`,
  (d) => `(b0 ? n0 > ${number(d)} : n1 > ${number(d)})`,
];

type Atoms = readonly ((dice: Dice) => string)[];

const PART = (dice: Dice): string => `t1.contains(${quoted(dice)})`;

/** Atoms that ask one thing each, so that the clauses of many rules stand in few clusters. */
const NARROW: Atoms = [
  (d) => `n0 ${order(d)} ${number(d)}`,
  (d) => `n2 > ${number(d)}`,
  (d) => `t0 == ${quoted(d)}`,
  (d) => `t0 in [${d.several(1, 3, () => quoted(d)).join(", ")}]`,
  (d) => `t2 != ${quoted(d)}`,
  PART,
  (d) => `t1.contains(${quoted(d)}) and t1.contains(${quoted(d)})`,
  (d) => `t1.endsWith(${quoted(d)})`,
  (d) => `m0 ${order(d)} ${d.pick(AMOUNTS)}`,
  (d) => `m1 > m0 * ${d.pick(FACTORS)}`,
  (d) => `often >= ${d.below(4)}`,
  () => "b0",
  (d) => `near(n0 - ${number(d)}, n1)`,
];

/** All of the atoms at once, or now and then one of them. */
function narrow(dice: Dice, atoms: Atoms): string {
  const parts = atoms.map((atom) => atom(dice));
  return parts.join(dice.chance(0.9) ? " and " : " or ");
}

function condition(dice: Dice, depth: number): string {
  if (depth === 0 || dice.chance(0.2)) return dice.pick(ATOMS)(dice);
  const parts = dice.several(2, 3, () => condition(dice, depth - 1));
  const joined = `(${parts.join(dice.chance(0.7) ? " and " : " or ")})`;
  return dice.chance(0.15) ? `not ${joined}` : joined;
}

/** Clauses that make a rule more than its condition. */
function life(dice: Dice): string {
  const clauses = [
    [0.15, () => `on missing ${dice.pick(["match", "no match", "watch", "stop"])}`],
    [0.1, () => `mode ${dice.pick(["shadow", "off"])}`],
    [0.05, () => `active from 2026-03-01T00:00:30Z`],
    [0.05, () => `cooldown ${dice.pick(SPANS)}`],
    [0.05, () => `rollout ${dice.pick([30, 70])}%`],
  ] as const;
  return clauses.filter(([share]) => dice.chance(share)).map(([, clause]) => clause()).join(" ");
}

function rule(dice: Dice, i: number, atoms: Atoms | null): string {
  const held = dice.chance(0.04) ? ` for ${dice.pick(SPANS)}` : "";
  const clear = dice.chance(0.03) ? ` clear when ${condition(dice, 1)}` : "";
  const effect = dice.chance(0.02) ? " do add t2 to watched" : "";
  const score = dice.chance(0.5) ? ` score ${dice.pick(["1", "5", "n0", "n0 * 2"])}` : "";
  return `  rule r${i} { when ${atoms === null ? condition(dice, 2) : narrow(dice, atoms)}${held}${clear} then ${dice.pick(["watch", "stop"])}${score} reason R1 "{n0} {t0}" ${life(dice)}${effect} }`;
}

function cell(dice: Dice, column: "number" | "text"): string {
  if (dice.chance(0.2)) return "-";
  const one = (): string =>
    column === "number" ? dice.pick([number(dice), `> ${number(dice)}`, `<= ${number(dice)}`, "1..7", "is missing"]) : dice.pick([quoted(dice), `!= ${quoted(dice)}`, "in names", "is present"]);
  return dice.several(1, 2, one).join(", ");
}

function table(dice: Dice, i: number): string {
  const guard = dice.chance(0.5) ? `when ${condition(dice, 1)}${dice.chance(0.2) ? " for 10s" : ""}` : "";
  const rows = dice.several(2, 8, () => `    | ${cell(dice, "number")} | ${cell(dice, "text")} => ${dice.pick(["watch", "stop"])} |`);
  return `  table t${i} ${dice.pick(["first", "unique", "all"])} {\n    ${guard} ${life(dice)}\n    | ${dice.pick(["n0", "n1", "ratio", "often"])} | ${texts(dice)} => then |\n${rows.join("\n")}\n  }`;
}

/**
 * A folder of one file with one ruleset of about so many rules and rows.
 * @param alike whether all rules ask the same two or three things
 */
export function randomRules(dice: Dice, size: number, alike = false): string {
  const items: string[] = [];
  const atoms = alike ? (dice.chance(0.2) ? [PART] : dice.several(2, 3, () => dice.pick(NARROW))) : null;
  for (let i = 0; i < size; i++) items.push(!alike && dice.chance(0.08) ? table(dice, i) : rule(dice, i, atoms));
  const policy = dice.pick(["worst", "worst", "first", "sum", "unique", "all"]);
  return `${HEAD}ruleset rs on e {\n  outcomes pass < watch < stop\n  policy ${policy}\n  thresholds watch at 5, stop at 50\n${LETS}\n${items.join("\n")}\n}\n`;
}

/** Events in order, with every field missing now and then. */
export function randomStream(dice: Dice, count: number): readonly Arrival[] {
  let now = START;
  return Array.from({ length: count }, () => {
    now += dice.pick([0, 1, 5_000, 10_000, 60_000]);
    const gone = dice.pick([0, 0.1, 0.1, 0.5]);
    const maybe = (value: unknown): unknown => (dice.chance(gone) ? null : value);
    // Products of the greatest are infinite, and their differences no numbers.
    const huge = dice.chance(0.1);
    const any = (): number => (huge ? 1e308 : dice.pick(NUMBERS)) * dice.pick([1, 1, 1, -1]);
    const event = {
      at: new Date(now).toISOString(),
      who: maybe(dice.pick(["a", "b"])),
      n0: maybe(any()),
      n1: maybe(any()),
      n2: any(),
      m0: maybe(dice.pick(AMOUNTS)),
      m1: maybe(dice.pick([...AMOUNTS, "-1.00 USD", "90000000000000 USD"])),
      t0: maybe(dice.pick([...TEXTS, "abcd", "card_"])),
      t1: maybe(dice.pick([...TEXTS, "A", "other", "abcard_1", "x@y.zzab"])),
      t2: dice.pick(TEXTS),
      c: maybe(dice.pick(MEMBERS)),
      b0: maybe(dice.chance(0.5)),
      b1: dice.chance(0.5),
      net: maybe(dice.pick(["10.0.0.1", "8.8.8.8"])),
    };
    return { type: "e", event, now };
  });
}
