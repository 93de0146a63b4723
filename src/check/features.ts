import type { FeatureClause, FeatureDecl } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { printType } from "../types/type.ts";
import { LATENESS_MS } from "../windows/spec.ts";
import { checkAggregate, checkArgument, checkField, resultType } from "./aggregates.ts";
import type { Build } from "./build.ts";
import type { EventInfo, FeatureInfo } from "./checked.ts";
import { importFix, requireBool } from "./context.ts";
import { durationOf } from "./durations.ts";
import { KEY_KINDS } from "./events.ts";
import { inference } from "./infer.ts";
import { checkFilterCost } from "./laws/cost.ts";
import { checkFilterLists } from "./laws/filters.ts";
import { once } from "./laws/once.ts";
import { filterScope } from "./scopes.ts";

/**
 * Every key keeps its events for so much longer. What comes later than a month comes as a file of records, and is counted
 * as far as windows still reach.
 */
export const MAX_LATENESS = 31 * 86_400_000;

/** Gives a feature its window; undefined when a part of it is unknown or unreadable, which is reported. */
export function checkFeature(build: Build, file: string, decl: FeatureDecl): FeatureInfo | undefined {
  // What could not be read would only be misread here.
  if (build.report.touches(decl.span, "RSK0101")) return undefined;
  const source = visibleEvent(build, file, decl.event);
  const aggregate = checkAggregate(build, decl);
  const clauses = once(build.report, decl.clauses, (clause) => CLAUSE_WORDS[clause.kind]);
  const over = checkOver(build, decl, clauses);
  if (source === undefined || aggregate === undefined || over === undefined) return undefined;
  const keys = checkKeys(build, source, clauses);
  const field = checkField(build, decl, source, aggregate);
  const ending = clauses.get("Ending");
  const delay = ending?.kind === "Ending" ? durationOf(build.report, ending.ago, "how long ago a window ends") : 0;
  const late = clauses.get("Lateness");
  const lateness = late?.kind === "Lateness" ? durationOf(build.report, late.allowed, "the lateness that is allowed", { most: MAX_LATENESS, help: "leave it out for `lateness 5m`" }) : LATENESS_MS;
  const where = clauses.get("Where");
  if (where?.kind === "Where") {
    requireBool(inference(build.report, build.tables, filterScope(build, file, source)), where.condition, "`where`");
    checkFilterLists(build, where.condition);
    checkFilterCost(build, where.condition, decl.name);
  }
  const argument = checkArgument(build, decl, aggregate);
  if (keys === undefined || field === undefined || delay === undefined || lateness === undefined || argument === undefined) return undefined;
  const valueType = field === null ? null : (source.schema.fields[field]?.type ?? null);
  return {
    decl,
    source,
    aggregate,
    argument,
    field,
    keys,
    over,
    delay,
    lateness,
    excludingCurrent: clauses.has("Excluding"),
    where: where?.kind === "Where" ? where.condition : null,
    valueType,
    type: resultType(decl.name.name, aggregate, valueType),
  };
}

const CLAUSE_WORDS: Readonly<Record<FeatureClause["kind"], string>> = {
  By: "by",
  Over: "over",
  Ending: "ending … ago",
  Where: "where",
  Lateness: "lateness",
  Excluding: "excluding current",
};

/** The event that a name in a declaration stands for, or a report. */
export function visibleEvent(build: Build, file: string, ident: FeatureDecl["event"]): EventInfo | undefined {
  const { name, span } = ident;
  if (build.symbols.visible(file, name)?.decl.kind === "Event") return build.events.get(name);
  if (name === "") return undefined;
  const reach = build.symbols.notImported(file, name);
  if (reach !== undefined && build.events.has(name)) {
    build.report.add(reach.code, span, reach.message, {
      help: reach.help,
      fixes: reach.importFrom === undefined ? [] : [importFix(file, name, reach.importFrom)],
    });
    return undefined;
  }
  const close = closest(name, build.events.keys());
  build.report.add("RSK0311", span, `there is no event \`${name}\``, didYouMean(close, span, `declare it: \`event ${name} { … }\``));
  return undefined;
}

function checkOver(build: Build, decl: FeatureDecl, clauses: ReadonlyMap<string, FeatureClause>): number | undefined {
  const over = clauses.get("Over");
  if (over?.kind === "Over") return durationOf(build.report, over.window, "a window");
  build.report.add("RSK0405", decl.name.span, `the feature \`${decl.name.name}\` has no window`, {
    help: "say how far back it looks: `over 1h`",
  });
  return undefined;
}

/** The key fields; without `by`, one window for all events. */
function checkKeys(
  build: Build,
  source: EventInfo,
  clauses: ReadonlyMap<string, FeatureClause>,
): readonly string[] | undefined {
  const by = clauses.get("By");
  if (by?.kind !== "By") return [];
  let good = true;
  const seen = new Set<string>();
  for (const { name, span } of by.keys) {
    const field = source.schema.fields.find((each) => each.name === name);
    if (field === undefined) {
      good = false;
      const close = closest(name, source.schema.fields.map((each) => each.name));
      build.report.add("RSK0406", span, `\`${source.schema.name}\` has no field \`${name}\` to count by`, didYouMean(close, span));
    } else if (!KEY_KINDS.has(field.type.kind)) {
      good = false;
      build.report.add("RSK0402", span, `\`${name}\` is ${printType(field.type)} and cannot be a key`, {
        help: "keys are text, numbers, enums, addresses or true/false",
      });
    }
    if (seen.has(name)) build.report.add("RSK0404", span, `the key \`${name}\` is given twice`);
    seen.add(name);
  }
  return good ? [...seen] : undefined;
}
