import type { Ident, Sustained } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { printType } from "../types/type.ts";
import type { HoldInfo, Keys, RuleInfo } from "./checked.ts";
import { checkCondition, type Clauses, type Place } from "./clauses.ts";
import { durationOf } from "./durations.ts";
import { KEY_KINDS } from "./events.ts";


/** `when … for 5m` and `clear when …`: state of the condition for each entity. Null when the event alone decides. */
export function checkHold(place: Place, name: Ident, clauses: Clauses): HoldInfo | null {
  const sustained = clauses.get("When")?.sustained ?? null;
  const clear = clauses.get("Clear");
  if (clear !== undefined) checkClear(place, name, clear.condition, clear.span, clauses);
  if (sustained === null && clear === undefined) return null;
  const held = sustainedFor(place, sustained, "how long a condition must hold");
  const cleared = sustainedFor(place, clear?.sustained ?? null, "how long a condition must hold");
  const written = [sustained, clear?.sustained ?? null].filter((each) => each !== null && each.keys.length > 0);
  const [first, second] = written;
  const keys = keysOf(place, first?.keys ?? [], sustained?.span ?? clear?.span ?? name.span, "state");
  if (first && second && first.keys.map((key) => key.name).join() !== second.keys.map((key) => key.name).join()) {
    place.build.report.add("RSK0435", second.span, "a rule keeps its state by one key", {
      labels: [{ span: first.span, message: "another key here" }],
      help: "write the same key, or leave it out here",
    });
  }
  if (held === undefined || cleared === undefined || keys === undefined) return null;
  return { keys, duration: held, clear: clear === undefined ? null : { condition: clear.condition, duration: cleared } };
}

function checkClear(place: Place, name: Ident, condition: Parameters<typeof checkCondition>[1], span: Span, clauses: Clauses): void {
  checkCondition(place, condition, "`clear when`", name);
  if (clauses.get("When") !== undefined || place.build.report.touches(span)) return;
  place.build.report.add("RSK0435", span, "there is no `when` that this could clear", { help: "add `when …`, or drop `clear when`" });
}

function sustainedFor({ build }: Place, sustained: Sustained | null, what: string): number | undefined {
  return sustained === null ? 0 : durationOf(build.report, sustained.duration, what);
}

/** `cooldown 15m by device` */
export function checkCooldown(place: Place, clauses: Clauses): RuleInfo["cooldown"] {
  const clause = clauses.get("Cooldown");
  if (clause === undefined) return null;
  const duration = durationOf(place.build.report, clause.duration, "a cooldown");
  const keys = keysOf(place, clause.keys, clause.span, "cooldown");
  return duration === undefined || keys === undefined ? null : { keys, duration };
}

/** Fields that name an entity, by default the first key of the event; undefined when they do not, which is reported. */
export function keysOf(place: Place, idents: readonly Ident[], span: Span, what: string): Keys | undefined {
  const { build, event } = place;
  const { fields, name: owner } = event.schema;
  if (idents.length === 0) {
    const first = fields.findIndex((field) => field.key);
    if (first !== -1) return [first];
    build.report.add("RSK0431", span, `\`${owner}\` has no key that this ${what} could go by`, {
      help: "mark a field with `@key`, or name one: `by card`",
    });
    return undefined;
  }
  const keys: number[] = [];
  let good = true;
  for (const ident of idents) {
    const index = fields.findIndex((field) => field.name === ident.name);
    const field = fields[index];
    if (field === undefined) {
      good = false;
      if (ident.name === "") continue;
      build.report.add("RSK0406", ident.span, `\`${owner}\` has no field \`${ident.name}\` to go by`, didYouMean(closest(ident.name, fields.map((each) => each.name)), ident.span, "name a field of the event"));
    } else if (!KEY_KINDS.has(field.type.kind)) {
      good = false;
      build.report.add("RSK0402", ident.span, `\`${ident.name}\` is ${printType(field.type)} and cannot be a key`, {
        help: "keys are text, numbers, enums, addresses or true/false",
      });
    } else if (keys.includes(index)) {
      build.report.add("RSK0404", ident.span, `the key \`${ident.name}\` is given twice`, { help: "keep one of them" });
    } else keys.push(index);
  }
  return good ? keys : undefined;
}
