import type { Mode } from "../ir/ir.ts";
import type { Ident, QuantityLit, RuleClause, TimestampLit } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import type { RuleInfo } from "./checked.ts";
import type { Clauses, Place } from "./clauses.ts";
import { keysOf } from "./holds.ts";


const MODES: readonly Mode[] = ["live", "shadow", "off"];

const FOREIGN: ReadonlyMap<string, Mode> = new Map([
  ["on", "live"],
  ["active", "live"],
  ["enabled", "live"],
  ["production", "live"],
  ["test", "shadow"],
  ["dry_run", "shadow"],
  ["monitor", "shadow"],
  ["silent", "shadow"],
  ["disabled", "off"],
  ["inactive", "off"],
]);

const DAY_MS = 86_400_000;

/** The life of a rule: whether, for whom and when it counts, who answers for it, and what it was called. */
export type Life = Pick<RuleInfo, "key" | "mode" | "rollout" | "active" | "owner" | "reviewBy" | "was">;

export function checkLife(place: Place, name: Ident, clauses: Clauses): Life {
  const was = checkWas(place, name, clauses.get("Was")?.names ?? []);
  const reviewBy = clauses.get("ReviewBy")?.date;
  return {
    key: was.at(-1) ?? name.name,
    mode: checkMode(place, clauses.get("Mode")?.mode),
    rollout: checkRollout(place, clauses.get("Rollout")),
    active: checkActive(place, clauses.get("Active")),
    owner: clauses.get("Owner")?.name.value ?? place.owner,
    reviewBy: reviewBy === undefined ? null : timeOf(place, reviewBy),
    was,
  };
}

function checkMode({ build }: Place, ident: Ident | undefined): Mode {
  if (ident === undefined) return "live";
  const known = MODES.find((mode) => mode === ident.name);
  if (known !== undefined || ident.name === "") return known ?? "live";
  const close = FOREIGN.get(ident.name) ?? closest(ident.name, MODES);
  build.report.add("RSK0432", ident.span, `there is no mode \`${ident.name}\``, didYouMean(close, ident.span, "the modes are `live`, `shadow` and `off`"));
  return "live";
}

function checkRollout(place: Place, clause: Extract<RuleClause, { kind: "Rollout" }> | undefined): RuleInfo["rollout"] {
  if (clause === undefined) return null;
  const share = shareOf(place, clause.share);
  const keys = keysOf(place, clause.keys, clause.span, "rollout");
  return share === undefined || keys === undefined ? null : { keys, share };
}

function shareOf({ build }: Place, { value, unit, span }: QuantityLit): number | undefined {
  if (unit === "%" && value >= 0 && value <= 100) return value / 100;
  build.report.add("RSK0433", span, unit === "%" ? `a share of ${value}% is more than all` : `a rollout is a share, \`${unit}\` is no percent sign`, {
    help: "write a share from `0%` to `100%`",
  });
  return undefined;
}

function checkActive(place: Place, clause: Extract<RuleClause, { kind: "Active" }> | undefined): RuleInfo["active"] {
  if (clause === undefined) return null;
  if (clause.from === null && clause.until === null) {
    if (!place.build.report.touches(clause.span)) {
      place.build.report.add("RSK0405", clause.span, "`active` names no time", { help: "add `from 2026-01-31`, `until 2026-12-31` or both" });
    }
    return null;
  }
  const from = clause.from === null ? null : timeOf(place, clause.from);
  const last = clause.until === null ? null : timeOf(place, clause.until);
  // A date means the whole of its day.
  const until = last !== null && clause.until !== null && isDate(clause.until) ? last + DAY_MS : last;
  if (from !== null && until !== null && from >= until) {
    place.build.report.add("RSK0434", clause.until?.span ?? clause.span, "the rule would end before it begins", {
      labels: [{ span: clause.from?.span ?? clause.span, message: "it begins here" }],
      help: "write the earlier time after `from` and the later one after `until`",
    });
    return null;
  }
  return { from, until };
}

function isDate({ text }: TimestampLit): boolean {
  return text.length === "2026-01-31".length;
}

/** Milliseconds since 1970; null when there is no such time, which is reported. */
function timeOf({ context }: Place, literal: TimestampLit): number | null {
  context.infer(literal);
  const time = context.tables.literals.get(literal);
  return typeof time === "number" ? time : null;
}

function checkWas({ build, names, earlier }: Place, own: Ident, idents: readonly Ident[]): readonly string[] {
  const was: string[] = [];
  for (const ident of idents) {
    if (ident.name === "") continue;
    const taken = names.get(ident.name) ?? earlier.get(ident.name);
    if (taken === undefined) {
      was.push(ident.name);
      earlier.set(ident.name, ident);
      continue;
    }
    const message = taken === own || ident.name === own.name ? `\`${ident.name}\` is what it is called now` : `\`${ident.name}\` is the name of another rule`;
    build.report.add("RSK0437", ident.span, earlier.has(ident.name) ? `the earlier name \`${ident.name}\` is claimed twice` : message, {
      labels: [{ span: taken.span, message: "here" }],
      help: "state goes over from an earlier name, so one rule alone can have had it",
    });
  }
  return was;
}
