import type { FeatureDecl } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { BOOL, DURATION, lastType, NUMBER, TIMESTAMP, printType, type Type } from "../types/type.ts";
import { combine, deltaOf, isDimensionless, isPercent, isPoint, parseUnit, SECOND, type Unit } from "../types/unit.ts";
import type { Aggregate } from "../windows/spec.ts";
import type { Build } from "./build.ts";
import type { EventInfo } from "./checked.ts";

/** Whether an aggregate takes a field, of which kinds, and whether values without a sum will do. */
interface AggregateRule {
  readonly field: "required" | "optional";
  readonly kinds: readonly Type["kind"][] | null;
  readonly points: boolean;
}

const SUMMED: readonly Type["kind"][] = ["number", "money", "duration"];
const ORDERED: readonly Type["kind"][] = ["number", "money", "duration", "timestamp"];

const ANY: AggregateRule = { field: "optional", kinds: null, points: true };
const ORDER: AggregateRule = { field: "required", kinds: ORDERED, points: true };

const AGGREGATES: Readonly<Record<Aggregate, AggregateRule>> = {
  count: ANY,
  sum: { field: "required", kinds: SUMMED, points: false },
  average: { field: "required", kinds: SUMMED, points: true },
  min: ORDER,
  max: ORDER,
  distinct: { field: "required", kinds: null, points: true },
  last: ANY,
  first: ANY,
  exists: ANY,
  change: ORDER,
  stddev: { field: "required", kinds: SUMMED, points: true },
  percentile: ORDER,
  rate: { field: "optional", kinds: ["number"], points: true },
};

const FOREIGN: ReadonlyMap<string, Aggregate> = new Map([
  ["avg", "average"],
  ["mean", "average"],
  ["total", "sum"],
  ["minimum", "min"],
  ["maximum", "max"],
  ["unique", "distinct"],
  ["latest", "last"],
  ["newest", "last"],
  ["oldest", "first"],
  ["any", "exists"],
  ["delta", "change"],
  ["diff", "change"],
  ["stdev", "stddev"],
  ["quantile", "percentile"],
  ["median", "percentile"],
]);

export function checkAggregate(build: Build, decl: FeatureDecl): Aggregate | undefined {
  const { name, span } = decl.aggregate;
  if (isAggregate(name)) return name;
  if (name === "") return undefined;
  const names = Object.keys(AGGREGATES);
  const close = FOREIGN.get(name) ?? closest(name, names);
  const text = name === "median" ? "percentile(50)" : close;
  build.report.add("RSK0407", span, `\`${name}\` is not an aggregate`, didYouMean(close, span, `the aggregates are ${names.map((each) => `\`${each}\``).join(", ")}`, text));
  return undefined;
}

function isAggregate(name: string): name is Aggregate {
  return Object.hasOwn(AGGREGATES, name);
}

/** The per cent of `percentile(95)`; null for the aggregates that take none, undefined when it is wrong. */
export function checkArgument(build: Build, decl: FeatureDecl, aggregate: Aggregate): number | null | undefined {
  const { argument } = decl;
  if (aggregate !== "percentile") {
    if (argument === null) return null;
    build.report.add("RSK0408", argument.span, `\`${aggregate}\` takes no number`, { help: `write \`${aggregate} of …\`` });
    return undefined;
  }
  if (argument !== null && argument.value > 0 && argument.value <= 100) return argument.value;
  build.report.add("RSK0408", argument?.span ?? decl.aggregate.span, "a percentile is above 0 and at most 100", {
    help: "write `percentile(95) of …`; `percentile(50)` is the median",
  });
  return undefined;
}

/** Index of the folded field, null without one, undefined when it is wrong. */
export function checkField(build: Build, decl: FeatureDecl, source: EventInfo, aggregate: Aggregate): number | null | undefined {
  const rule = AGGREGATES[aggregate];
  if (decl.field === null) {
    if (rule.field !== "required") return null;
    build.report.add("RSK0408", decl.aggregate.span, `\`${aggregate}\` needs a field to work on`, {
      help: `write \`${aggregate} of ${decl.event.name}.field\``,
    });
    return undefined;
  }
  const { name, span } = decl.field;
  const index = source.schema.fields.findIndex((each) => each.name === name);
  const field = source.schema.fields[index];
  if (field === undefined) {
    const close = closest(name, source.schema.fields.map((each) => each.name));
    build.report.add("RSK0213", span, `\`${source.schema.name}\` has no field \`${name}\``, didYouMean(close, span));
    return undefined;
  }
  if (rule.kinds !== null && field.type.kind !== "error" && !rule.kinds.includes(field.type.kind)) {
    build.report.add("RSK0408", span, `\`${aggregate}\` does not work on ${printType(field.type)}`, {
      help: `it works on ${rule.kinds.join(", ")}`,
    });
    return undefined;
  }
  if (aggregate === "rate" && field.type.kind === "number" && (isPercent(field.type.unit) || isDimensionless(speed(field.type)))) {
    build.report.add("RSK0408", span, `\`rate\` does not work on ${printType(field.type)}: there is no unit for so much of it a second`, {
      help: "take its `change`",
    });
    return undefined;
  }
  if (!rule.points && field.type.kind === "number" && isPoint(field.type.unit)) {
    build.report.add("RSK0408", span, `\`${aggregate}\` does not work on ${printType(field.type)}: temperatures have no sum`, {
      help: "take their `average`, `min`, `max` or `change`",
    });
    return undefined;
  }
  return index;
}

const HERTZ = parseUnit("Hz") as Unit;

/** The type of the feature `name`. */
export function resultType(name: string, aggregate: Aggregate, valueType: Type | null): Type {
  switch (aggregate) {
    case "count":
    case "distinct":
      return NUMBER;
    case "exists":
      return BOOL;
    case "last":
    case "first": {
      const value = valueType === null ? [] : [{ name: "value", type: valueType }];
      return lastType(name, [...value, { name: "at", type: TIMESTAMP }]);
    }
    case "change":
    case "stddev":
      return difference(valueType ?? NUMBER);
    case "rate":
      return { kind: "number", unit: speed(valueType) };
    default:
      return valueType ?? NUMBER;
  }
}

/** What differences of values of a type are. */
function difference(type: Type): Type {
  if (type.kind === "timestamp") return DURATION;
  return type.kind === "number" && type.unit !== null ? { kind: "number", unit: deltaOf(type.unit) } : type;
}

function speed(type: Type | null): Unit {
  return type?.kind === "number" && type.unit !== null ? combine(deltaOf(type.unit), SECOND, -1) : HERTZ;
}
