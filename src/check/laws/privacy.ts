import type { Expr, Template } from "../../syntax/ast.ts";
import { children } from "../../syntax/walk.ts";
import type { Label } from "../../text/diagnostic.ts";
import type { Aggregate } from "../../windows/spec.ts";
import type { Build } from "../build.ts";
import type { EventInfo, FeatureInfo, FunctionInfo, LetInfo, Macro } from "../checked.ts";
import { replace } from "../context.ts";

/** A private field that a value shows, and the way by which it gets there, from the value to the field. */
export interface Leak {
  readonly field: string;
  readonly path: readonly Label[];
}

/**
 * What flows into a value: a private field, and parameters, which show what they are given. Whether a value is private is
 * a property of where it comes from, so it follows values through everything that makes others of them.
 */
export interface Flow {
  readonly leak: Leak | undefined;
  readonly params: ReadonlySet<string>;
}

const CLEAN: Flow = { leak: undefined, params: new Set() };

/** Aggregates whose value is one of those folded, or the only one of a window with one event. */
const REVEALING: ReadonlySet<Aggregate> = new Set<Aggregate>(["last", "first", "min", "max", "percentile", "sum", "average"]);

/** Functions that leave nothing to tell a private value by; what they yield may be shown. */
const CLEANSING: ReadonlySet<string> = new Set(["mask", "size"]);

/**
 * Reasons are stored, shown and sent on, so what is marked `@pii` must not be printed by one unless `mask()` hides it.
 * Truth values, sizes and counts that were computed from it tell nothing of it.
 */
export function checkPrivacy(build: Build, template: Template): void {
  for (const part of template.parts) if (typeof part !== "string") checkShown(build, part, "the reason prints");
}

/** Reports a value that leaves the service and shows a private field; `what` is said before the name of the field. */
export function checkShown(build: Build, expr: Expr, what: string): void {
  const leak = revealed(build, expr);
  if (leak === undefined) return;
  const isText = build.tables.typeOf(expr).kind === "string";
  const text = expr.kind === "Name" && isText ? `mask(${expr.name})` : undefined;
  build.report.add("RSK0417", expr.span, `${what} \`${leak.field}\`, which is marked \`@pii\``, {
    labels: leak.path,
    help: `show \`${isText ? "mask(…)" : "mask(string(…))"}\` of it, or leave it out`,
    fixes: text === undefined ? [] : [replace("mask it", expr.span, text, "safe")],
  });
}

/** The private field that a value can show, or undefined. */
export function revealed(build: Build, expr: Expr): Leak | undefined {
  return flowOf(build, expr).leak;
}

function flowOf(build: Build, expr: Expr): Flow {
  if (build.tables.typeOf(expr).kind === "bool") return CLEAN;
  switch (expr.kind) {
    case "Name":
      return nameFlow(build, expr);
    case "Member":
      return memberFlow(build, expr);
    case "Call":
      return callFlow(build, expr);
    default:
      return join(children(expr).map((part) => flowOf(build, part)));
  }
}

/** All that flows into any of several parts; of several leaks the first is told. */
function join(flows: readonly Flow[]): Flow {
  const params = new Set(flows.flatMap((flow) => [...flow.params]));
  return { leak: flows.find((flow) => flow.leak !== undefined)?.leak, params };
}

function nameFlow(build: Build, expr: Expr): Flow {
  const use = build.tables.uses.get(expr);
  switch (use?.kind) {
    case "field":
      return fieldFlow(use.event, use.index);
    case "let":
      return remembered(build, use.info, use.info.decl.value, `\`${use.info.decl.name.name}\` is made of it here`);
    case "feature":
      return featureFlow(use.feature);
    case "param":
    case "item":
      return { leak: undefined, params: new Set([use.name]) };
    default:
      return CLEAN;
  }
}

function fieldFlow(event: EventInfo, index: number): Flow {
  const field = event.schema.fields[index];
  if (field?.pii !== true) return CLEAN;
  const decl = event.decl.fields[index];
  const mark = decl?.annotations.find((each) => each.name === "pii")?.span ?? event.decl.span;
  return { leak: { field: field.name, path: [{ span: mark, message: `\`${field.name}\` is private` }] }, params: new Set() };
}

function featureFlow({ decl, source, aggregate, field }: FeatureInfo): Flow {
  if (field === null || !REVEALING.has(aggregate)) return CLEAN;
  return by(fieldFlow(source, field), { span: decl.name.span, message: `\`${decl.name.name}\` keeps it` });
}

/** `payment.card`: the field of an event that is named in full. The time of what `last` yields is nobody's secret. */
function memberFlow(build: Build, expr: Extract<Expr, { kind: "Member" }>): Flow {
  const use = build.tables.uses.get(expr.object);
  const object = build.tables.typeOf(expr.object);
  const event = use?.kind === "event" ? use.event : object.kind === "record" ? build.events.get(object.name) : undefined;
  if (event !== undefined) return fieldFlow(event, event.schema.fields.findIndex((field) => field.name === expr.member.name));
  if (object.kind === "record" && expr.member.name === "at") return CLEAN;
  return flowOf(build, expr.object);
}

function callFlow(build: Build, expr: Extract<Expr, { kind: "Call" }>): Flow {
  const callee = build.tables.callees.get(expr);
  switch (callee?.kind) {
    case "builtin":
      return CLEANSING.has(callee.name.split("/", 1)[0] ?? "") ? CLEAN : join(callee.args.map((arg) => flowOf(build, arg)));
    case "macro":
      return macroFlow(build, callee.macro);
    case "function":
      return functionFlow(build, callee.info, callee.args);
    default:
      return join(children(expr).map((part) => flowOf(build, part)));
  }
}

/** `filter` yields items of what it goes through; `map` what it makes, which shows them only where it takes the item up. */
function macroFlow(build: Build, { name, over, variable, body }: Macro): Flow {
  if (name !== "map") return flowOf(build, over);
  const made = flowOf(build, body);
  if (!made.params.has(variable)) return made;
  const params = new Set([...made.params].filter((param) => param !== variable));
  return join([{ leak: made.leak, params }, flowOf(build, over)]);
}

function functionFlow(build: Build, info: FunctionInfo, args: readonly Expr[]): Flow {
  const name = info.decl.name.name;
  const inside = remembered(build, info, info.decl.body, `\`${name}\` reads it here`);
  const given = args.flatMap((arg, i) => (inside.params.has(info.params[i]?.name ?? "") ? [flowOf(build, arg)] : []));
  const outside = by(join(given), { span: info.decl.name.span, message: `\`${name}\` hands it on` });
  return { leak: inside.leak ?? outside.leak, params: outside.params };
}

/** The flow with one more station before what it leaks. */
function by({ leak, params }: Flow, station: Label): Flow {
  return { leak: leak === undefined ? undefined : { field: leak.field, path: [station, ...leak.path] }, params };
}

/** The flow of a value that has a name, worked out once. A function that ends up in itself is reported elsewhere. */
function remembered(build: Build, info: FunctionInfo | LetInfo, value: Expr, message: string): Flow {
  const known = build.flows.get(info);
  if (known !== undefined) return known;
  build.flows.set(info, CLEAN);
  const flow = by(flowOf(build, value), { span: info.decl.name.span, message });
  build.flows.set(info, flow);
  return flow;
}
