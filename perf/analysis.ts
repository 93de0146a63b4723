/*
 * What does the analysis of conditions cost? A ruleset of 1,000 rules over one event, as authors write them (a merchant
 * category or country, an amount, a count, now and then an `or` or a ratio), analysed whole; then one of 10,000 rules in
 * which one rule after the other is edited, as an editor does between two keystrokes. The baseline of both is the
 * comparison of every rule with every other without an index, on the same boxes. Once for `policy worst` and once for
 * `policy first`, where rules cover each other.
 *
 *   npm run bench -- analysis [ROUNDS]
 *
 * Wanted: 1,000 rules in under 1 s and an edit among 10,000 in under 10 ms.
 *
 * Node 26.10.0, AMD EPYC, 2 cores that other work kept busy (load 9), 3 rounds, medians of processor time: 1,000 rules in
 * 81 ms (`worst`) and 82 ms (`first`), of which comparing all pairs alone would take 188 and 165. An edit among 10,000 in
 * 9.1 ms (4.0 to 22.9) and 11.2 ms (3.3 to 284: the edit of a rule that covers hundreds of others).
 */
import { isInside } from "../src/analysis/boxes.ts";
import { Regions } from "../src/analysis/regions.ts";
import { RulesetAnalyser } from "../src/analysis/ruleset.ts";
import { Subjects } from "../src/analysis/subjects.ts";
import { checkFiles } from "../src/check/check.ts";
import type { Policy, ProgramIr, RulesetIr } from "../src/ir/ir.ts";
import { lowerProgram } from "../src/ir/lower.ts";
import type { Expr } from "../src/syntax/ast.ts";
import { parseFile } from "../src/syntax/parse.ts";
import { Report } from "../src/text/report.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median } from "./harness/statistics.ts";

const given = readArguments();
const rounds = Number(given.positional[0] ?? 5);
const EDITS = 50;

function random(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function condition(below: (bound: number) => number): string {
  const mcc = `mcc == "${1000 + below(4000)}"`;
  const where = [mcc, mcc, `country in ["C${below(200)}", "C${below(200)}"]`, `country == "C${below(200)}" and ${mcc}`, `channel == ecom and amount / usual > ${2 + below(8)}`][below(5)] ?? mcc;
  const size = [`amount > ${10 + below(5000)}.00 EUR`, `card_1h >= ${2 + below(40)}`, `amount in ${below(500)}.00 EUR..${500 + below(5000)}.00 EUR`, `(amount > ${below(900)}.00 EUR or card_1h > ${below(20)})`][below(4)] ?? "true";
  return `${where} and ${size}${below(4) === 0 ? " and not threeds" : ""}`;
}

interface Program {
  readonly ir: ProgramIr;
  readonly ruleset: RulesetIr;
  readonly conditions: readonly Expr[];
}

function program(count: number, policy: Policy, seed: number): Program {
  const below = random(seed);
  const rules = Array.from({ length: count }, (_, i) => `  rule r${i} { when ${condition(below)} then ${["review", "decline"][i % 2] ?? ""} reason R${i} "r" }`);
  const text = `event payment {
  card: string @key
  amount: money
  mcc: string
  country: string
  channel: enum(pos, ecom, moto)
  threeds: bool = false
}
feature card_1h = count of payment by card over 1h
feature usual = average of payment.amount by card over 30d
ruleset checks on payment {
  outcomes allow < review < decline
  policy ${policy}
${rules.join("\n")}
}
`;
  const report = new Report();
  const checked = checkFiles([parseFile({ path: "bench.risk", text }, report)], new Map(), report);
  if (report.hasErrors) throw new Error(report.sorted()[0]?.message);
  const ir = lowerProgram(checked, "bench");
  return { ir, ruleset: ir.rulesets[0] as RulesetIr, conditions: checked.rulesets[0]?.rules.map((rule) => rule.when) ?? [] };
}

function analyserOf({ ir }: Program): RulesetAnalyser {
  return new RulesetAnalyser({ event: ir.events[0] as ProgramIr["events"][number], features: ir.features, lists: ir.lists, rates: ir.rates });
}

/** Milliseconds of this thread: by the wall, other work on the machine would count too. */
function timed(run: () => void): number {
  const begun = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1_000;
}

/** Every rule against every other: what the index saves. */
function allPairs({ ir, ruleset }: Program): number {
  const regions = new Regions(new Subjects(ir.events[0] as ProgramIr["events"][number], ir.features), ir.lists);
  const found = ruleset.rules.map(({ when }) => regions.whenTrue(when));
  return timed(() => {
    for (const a of found) for (const b of found) if (a !== b) b.boxes.every((box) => a.boxes.some((outer) => isInside(box, outer)));
  });
}

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const results = openReport({ ...given, seed: "7, 11, 13" });
for (const policy of ["worst", "first"] as const) {
  const thousand = program(1_000, policy, 7);
  const whole: number[] = [];
  const pairs: number[] = [];
  let claims = 0;
  for (let round = 0; round < rounds; round++) {
    whole.push(timed(() => (claims = analyserOf(thousand).update(thousand.ruleset, thousand.conditions).length)));
    pairs.push(allPairs(thousand));
  }
  results.figure(`${policy}: 1,000 rules`, whole, { unit: "ms", better: "less" });
  results.figure(`${policy}: all pairs of 1,000`, pairs, { unit: "ms" });
  write(`policy ${policy}: 1,000 rules analysed in ${median(whole).toFixed(0)} ms (${Math.min(...whole).toFixed(0)} to ${Math.max(...whole).toFixed(0)}), ${claims} claims; all pairs alone ${median(pairs).toFixed(0)} ms`);

  const many = program(10_000, policy, 11);
  const other = program(EDITS, policy, 13);
  const analyser = analyserOf(many);
  const first = timed(() => void analyser.update(many.ruleset, many.conditions));
  const rules = [...many.ruleset.rules];
  const conditions = [...many.conditions];
  const edits = Array.from({ length: EDITS }, (_, i) => {
    const at = i * 190 + 17;
    rules[at] = { ...(other.ruleset.rules[i] as RulesetIr["rules"][number]), id: `e${i}` };
    conditions[at] = other.conditions[i] as Expr;
    const ruleset = { ...many.ruleset, rules: [...rules] };
    const trees = [...conditions];
    return timed(() => void analyser.update(ruleset, trees));
  });
  results.figure(`${policy}: an edit among 10,000`, edits, { unit: "ms", better: "less" });
  results.figure(`${policy}: 10,000 rules at first`, [first], { unit: "ms", better: "less" });
  write(`policy ${policy}: one edit among 10,000 in ${median(edits).toFixed(1)} ms (${Math.min(...edits).toFixed(1)} to ${Math.max(...edits).toFixed(1)}); all of them at first ${first.toFixed(0)} ms`);
}
results.end();
