import { POLICIES, TABLE_POLICIES, type Policy, type RuleIr, type TablePolicy } from "../../src/ir/ir.ts";
import type { Rng } from "../random.ts";

/*
 * Random rulesets dense in comparisons of few fields with few values, so that contradictions, coverings and overlaps are
 * frequent. Written as text, so that what is analysed is what authors can write.
 */

export interface Drawn {
  readonly text: string;
  readonly policy: Policy;
  /** What else the rules say, one entry a rule. */
  readonly life: readonly Partial<RuleIr>[];
  /** Consecutive rules that are the rows of a table, as [first, last]. */
  readonly table: { readonly rows: readonly [number, number]; readonly policy: TablePolicy } | null;
}

const HEAD = `
event pay {
  n: number
  m: number?
  amt: money
  usd: money[USD]?
  ch: enum(a, b, c)
  s: string?
  flag: bool
  spare: bool?
  t: timestamp?
  dur: duration?
  k: string @key
  given: number = 1
  r: number in 0..2
}
list few: string = ["x", "y"]
list nums: number = [1, 2, 3]
list live: string managed
feature cnt = count of pay by k over 1h
feature avg = average of pay.n by k over 1h
feature top = max of pay.amt by k over 1h
feature total = sum of pay.amt by k over 1h
feature seen = exists of pay by k over 1h
function big(x: number): bool = x > 2
function near(p: pay): bool = p.n >= 1 and p.n <= 2
`;

const NUMBERS = ["0", "1", "2", "3", "1.5"];
const OPS = ["<", "<=", ">", ">=", "==", "!="];
const AMOUNTS = ["1.00 USD", "2.00 USD", "1.00 EUR", "0.00 USD", "100 JPY"];
const TEXTS = ['"x"', '"y"', '"z"'];
const TIMES = ["2026-01-01", "2026-01-02"];
const SPANS = ["1m", "2m"];

const numeric = (rng: Rng): string => rng.pick(["n", "n", "m", "cnt", "avg", "given", "r", "r", "ratio", "n + 1", "coalesce(m, 1)", "pay.n", "n / m"]);

/** One comparison or question. */
function atom(rng: Rng): string {
  const op = rng.pick(OPS);
  switch (rng.below(15)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return rng.chance(0.2) ? `${rng.pick(NUMBERS)} ${op} ${numeric(rng)}` : `${numeric(rng)} ${op} ${rng.pick(NUMBERS)}`;
    case 4:
      return `${rng.pick(["amt", "top", "total", "amt * 2"])} ${op} ${rng.pick(AMOUNTS)}`;
    case 5:
      return `usd ${op} ${rng.pick(["1.00 USD", "2.00 USD"])}`;
    case 6:
      return rng.chance(0.5) ? `ch ${rng.pick(["==", "!="])} ${rng.pick(["a", "b", "c"])}` : `ch in [${rng.chance(0.5) ? "a, b" : "c"}]`;
    case 7:
      return rng.chance(0.5) ? `s ${rng.pick(OPS)} ${rng.pick(TEXTS)}` : `s ${rng.chance(0.5) ? "" : "not "}in ${rng.pick(["few", '["x", "z"]', "live"])}`;
    case 8:
      return rng.pick(["flag", "spare", "seen", "flag == spare", "spare == true", "spare != false", "near(pay)", "flag != true"]);
    case 9:
      return `${rng.pick(["m", "usd", "s", "spare", "t", "avg", "ratio", "n", "m > 1", "cnt", "live_s"])} is ${rng.pick(["missing", "present"])}`;
    case 10:
      return `${numeric(rng)} ${rng.chance(0.3) ? "not " : ""}in ${rng.pick(NUMBERS)}..${rng.pick(NUMBERS)}`;
    case 11:
      return `${rng.pick(["n", "m"])} ${op} ${rng.pick(["m", "n", "avg"])}`;
    case 12:
      return rng.chance(0.5) ? `t ${op} ${rng.pick(TIMES)}` : `dur ${op} ${rng.pick(SPANS)}`;
    case 13:
      return `big(${rng.pick(["n", "m", "avg"])})`;
    default:
      return rng.chance(0.5) ? `${rng.pick(["n", "m"])} in ${rng.pick(["nums", "[1, 3]"])}` : `(flag ? ${rng.pick(["n > 1", "spare", "m is missing"])} : ${rng.pick(["n < 1", "m > 1", "true"])})`;
  }
}

function condition(rng: Rng, depth: number): string {
  const kind = depth === 0 ? 0 : rng.below(8);
  if (kind < 3) return atom(rng);
  if (kind === 7) return `not (${condition(rng, depth - 1)})`;
  const op = kind < 6 ? " and " : " or ";
  return `(${Array.from({ length: 2 + rng.below(3) }, () => condition(rng, depth - 1)).join(op)})`;
}

function life(rng: Rng): Partial<RuleIr> {
  return {
    mode: rng.chance(0.2) ? rng.pick(["shadow", "off"]) : "live",
    onMissing: rng.chance(0.1) ? rng.pick([{ action: "match" }, { action: "outcome", outcome: "review" }]) : { action: "none" },
    cooldown: rng.chance(0.05) ? { keys: [10], duration: 300_000 } : null,
    rollout: rng.chance(0.05) ? { keys: [10], share: 0.5 } : null,
    active: rng.chance(0.05) ? { from: null, until: 0 } : null,
  };
}

export function draw(rng: Rng): Drawn {
  const policy = rng.pick(POLICIES);
  const outcomes = ["allow", "watch", "review", "decline"];
  const rules = Array.from({ length: 2 + rng.below(7) }, (_, i) => {
    const clauses = [`when ${condition(rng, rng.below(4))}`];
    const scored = rng.chance(0.3);
    if (!scored || rng.chance(0.3)) clauses.push(`then ${rng.pick(outcomes.slice(0, 3))}`);
    if (scored) clauses.push(`score ${rng.pick(["5", "10", "min(n, 20)", "m", "-3", "spare ? 5 : 15"])}`);
    return `  rule r${i} {\n    ${clauses.join("\n    ")}\n  }`;
  });
  const at = rng.pick([5, 15, 25, 60]);
  const text = `${HEAD}ruleset rs on pay {
  outcomes ${outcomes.join(" < ")}
  policy worst
  thresholds review at ${at}${rng.chance(0.5) ? `, decline at ${at + rng.pick([1, 10, 100])}` : ""}
  let ratio = n / avg
  let live_s = s in live
${rules.join("\n")}
}
`;
  const first = rng.below(rules.length);
  const last = first + rng.below(rules.length - first);
  return { text, policy, life: rules.map(() => life(rng)), table: rng.chance(0.4) ? { rows: [first, last], policy: rng.pick(TABLE_POLICIES) } : null };
}
