import type { RuleInfo, RulesetInfo } from "../check/checked.ts";
import type { RulesetIr } from "../ir/ir.ts";
import type { Label } from "../text/diagnostic.ts";
import type { Report } from "../text/report.ts";
import type { Span } from "../text/span.ts";
import type { Claim, Clash, ConditionClaim, OutcomeClaim, RuleClaim } from "./claims.ts";
import { testBlock } from "./example.ts";
import type { Witness } from "./witness.ts";

/** Others named in one finding; more help nobody. */
const MAX_NAMED = 3;

/** Says claims in words, each with its reason or with an event that shows it. */
export function tell(report: Report, claims: readonly Claim[], info: RulesetInfo, ir: RulesetIr): void {
  const told: Told = { report, info, ir };
  for (const claim of claims) {
    switch (claim.kind) {
      case "never":
      case "always":
      case "implied":
      case "absorbed":
        tellCondition(told, claim);
        break;
      case "threshold":
      case "unproduced":
        tellOutcome(told, claim);
        break;
      default:
        tellRule(told, claim);
    }
  }
}

interface Told {
  readonly report: Report;
  readonly info: RulesetInfo;
  readonly ir: RulesetIr;
}

function ruleOf({ info }: Told, index: number): RuleInfo {
  return info.rules[index] as RuleInfo;
}

/** `rule x` or `row 2 of x`. */
function nameOf({ decl, row }: RuleInfo): string {
  return row === null ? `the rule \`${decl.name.name}\`` : `row ${row.number} of \`${decl.name.name}\``;
}

function placeOf({ decl, row }: RuleInfo): Span {
  return row === null ? decl.name.span : row.decl.span;
}

function tellCondition(told: Told, claim: ConditionClaim): void {
  const { report } = told;
  const what = "part" in claim && claim.part ? "this part" : "this condition";
  switch (claim.kind) {
    case "never":
      report.add("RSK0701", claim.span, neverMessage(claim, what), {
        labels: clashLabels(claim.clash, claim.span),
        notes: claim.reason === null ? [] : [claim.reason],
        help: claim.part ? "correct it, or take it out" : "correct it, or take the rule out; `mode off` keeps a rule without running it",
      });
      return;
    case "always":
      report.add("RSK0702", claim.span, `${what} is never false`, {
        notes: ["whatever an event carries, this is true, or missing where a value that it asks for is missing"],
        help: claim.part ? "correct it, or take it out; `is present` asks whether a value is there" : "correct it; a rule for every event says `when true`",
      });
      return;
    default:
      report.add("RSK0703", claim.span, claim.kind === "implied" ? "this part adds nothing: it is true wherever the rest is" : "this alternative adds nothing: another one is true wherever it is", {
        labels: claim.bySpans.filter((span) => apart(span, claim.span)).slice(0, MAX_NAMED).map((span) => ({ span, message: claim.kind === "implied" ? "already asks for it" : "already allows it" })),
        help: "take it out, or correct the limit that it should have",
      });
  }
}

function neverMessage({ clash, context }: Extract<ConditionClaim, { kind: "never" }>, what: string): string {
  const [first, second] = clash?.sides ?? [];
  const subject = clash?.subject ?? null;
  const [asks, alsoAsks] = [first?.asks ?? null, second?.asks ?? null];
  if (subject !== null && asks !== null && alsoAsks !== null) return `${what} is never true: \`${subject}\` cannot be ${asks} and ${alsoAsks}`;
  return context.length > 0 ? `${what} is never true where the rest of the condition is` : `${what} is never true`;
}

function clashLabels(clash: Clash | null, span: Span): readonly Label[] {
  return (clash?.sides ?? []).filter((side) => apart(side.span, span)).map((side) => ({ span: side.span, message: side.asks === null ? "excludes the other" : `asks for ${side.asks}` }));
}

function apart(a: Span, b: Span): boolean {
  return a.file !== b.file || a.start !== b.start || a.end !== b.end;
}

function tellRule(told: Told, claim: RuleClaim): void {
  const { report, info } = told;
  if (claim.kind === "gap") {
    const table = info.tables[claim.table];
    if (table === undefined) return;
    report.add("RSK0707", table.decl.name.span, `the table \`${table.decl.name.name}\` has a hole: no row says anything where ${claim.between}`, {
      notes: notesOf(told, claim.witness, "no row matches", [`no rule ${table.decl.name.name}`]),
      help: "close the hole: move a limit, or add a row; `..` includes both of its ends",
    });
    return;
  }
  const rule = ruleOf(told, claim.rule);
  const others = (claim.kind === "covered" ? claim.by : [claim.by]).map((index) => ruleOf(told, index));
  const labels = others.slice(0, MAX_NAMED).map((other) => ({ span: placeOf(other), message: LABELS[claim.kind] }));
  const [other] = others;
  if (other === undefined) return;
  const names = others.length > MAX_NAMED ? `${others.length} others` : others.map(nameOf).join(", ").replace(/, ([^,]*)$/, " and $1");
  const { code, message, help } = wordsOf(claim.kind, nameOf(rule), names, others.length);
  const witness = "witness" in claim ? claim.witness : null;
  const [title, expectations] = claim.kind === "covered" ? [`${plain(nameOf(other))} comes first`, [expectation(other)]] : [`${plain(nameOf(other))} and ${plain(nameOf(rule))} both match`, [expectation(other), expectation(rule)]];
  report.add(code, placeOf(rule), message, { labels, help, notes: witness === null ? [] : notesOf(told, witness, title, expectations) });
}

const LABELS: Readonly<Record<Exclude<RuleClaim["kind"], "gap">, string>> = {
  covered: "matches first",
  subsumed: "says the same for more events",
  twin: "has the same condition",
  overlap: "matches as well",
};

interface Words {
  readonly code: "RSK0704" | "RSK0705" | "RSK0605" | "RSK0706";
  readonly message: string;
  readonly help: string;
}

function wordsOf(kind: Exclude<RuleClaim["kind"], "gap">, rule: string, others: string, count: number): Words {
  const verb = count === 1 ? "takes" : "take";
  switch (kind) {
    case "covered":
      return { code: "RSK0704", message: `${rule} never matches: ${others} ${verb} every event before it`, help: "put it before them, or narrow what they ask for" };
    case "subsumed":
      return { code: "RSK0705", message: `${rule} adds nothing: whenever it matches, ${others} says the same`, help: "take it out, or give it an outcome, score or reason of its own" };
    case "twin":
      return { code: "RSK0605", message: `${rule} has the condition of ${others}`, help: "make one rule of the two, or correct the condition" };
    case "overlap":
      return { code: "RSK0706", message: `${rule} and ${others} can match the same event`, help: "where at most one may match, the conditions must exclude each other" };
  }
}

function expectation({ decl, row }: RuleInfo): string {
  return row === null ? `rule ${decl.name.name}` : `rule ${decl.name.name} row ${row.number}`;
}

function plain(name: string): string {
  return name.replace("the rule ", "").replaceAll("`", "");
}

function notesOf({ info }: Told, witness: Witness, title: string, expectations: readonly string[]): readonly string[] {
  const block = testBlock(witness, { title, ruleset: info.decl.name.name, event: info.event.schema.name, expectations });
  return [`an event that shows it, as a test:\n${block}`];
}

function tellOutcome({ report, info }: Told, claim: OutcomeClaim): void {
  if (claim.kind === "threshold") {
    const clause = info.decl.items.find((item) => item.kind === "Thresholds");
    const threshold = clause?.thresholds.find(({ outcome }) => outcome.name === claim.outcome);
    if (threshold === undefined) return;
    report.add("RSK0708", threshold.outcome.span, `no score reaches \`${claim.outcome}\` at ${claim.at}: the rules add up to at most ${claim.most}`, {
      help: "lower the threshold, or raise the scores",
    });
    return;
  }
  const clause = info.decl.items.find((item) => item.kind === "Outcomes");
  const name = clause?.names.find((each) => each.name === claim.outcome);
  if (name === undefined) return;
  report.add("RSK0709", name.span, `nothing leads to the outcome \`${claim.outcome}\``, {
    notes: ["it is neither the default nor the outcome of a rule, a table or a threshold"],
    help: "take it out, or write the rule that decides it",
  });
}
