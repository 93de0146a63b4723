import type { PlanEntry } from "../ir/plan.ts";
import type { Ident, RecordEntry } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import type { Build } from "./build.ts";
import type { EventInfo, RulesetInfo, Written } from "./checked.ts";
import { written } from "./written.ts";

/** What the parts of one test are checked with. */
export interface Testing {
  readonly build: Build;
  readonly file: string;
  /** The file of the ruleset: what its rules can name, a test can. */
  readonly home: string;
  readonly ruleset: RulesetInfo;
}

/** The fields that an event of a test gives, each known, given once and of its type. */
export function checkEntries(testing: Testing, entries: readonly RecordEntry[], event: EventInfo): readonly PlanEntry<Written>[] {
  const seen = new Map<string, Span>();
  const found: PlanEntry<Written>[] = [];
  for (const { name, value } of entries) {
    const first = seen.get(name.name);
    if (first !== undefined) {
      testing.build.report.add("RSK0805", name.span, `\`${name.name}\` is given twice`, { labels: [{ span: first, message: "first here" }] });
      continue;
    }
    seen.set(name.name, name.span);
    const entry = checkField(testing, name, value, event);
    if (entry !== undefined) found.push(entry);
  }
  return found;
}

/** One field of an event; `null` leaves it out. */
export function checkField(testing: Testing, name: Ident, value: RecordEntry["value"], event: EventInfo): PlanEntry<Written> | undefined {
  const field = event.schema.fields.find((each) => each.name === name.name);
  if (field === undefined) {
    if (name.name === "") return undefined;
    const names = event.schema.fields.map((each) => each.name);
    const help = `its fields are ${names.map((each) => `\`${each}\``).join(", ")}`;
    testing.build.report.add("RSK0805", name.span, `\`${event.schema.name}\` has no field \`${name.name}\``, didYouMean(closest(name.name, names), name.span, help));
    return undefined;
  }
  if (value.kind === "NullLit") return { name: name.name, value: null };
  const constant = written(testing, value, field.type, `\`${name.name}\``);
  return constant === undefined ? undefined : { name: name.name, value: constant };
}
