import type { FeatureInfo } from "../../src/check/checked.ts";
import type { FeatureClause, FeatureDecl, QuantityLit } from "../../src/syntax/ast.ts";
import type { Type } from "../../src/types/type.ts";
import { span } from "./builtins.ts";
import type { Happening, Interpreter } from "./interpret.ts";
import { ABSENT, differ, identical, isCash, order, type Answer, type Cash, type Plain } from "./values.ts";

function clause<K extends FeatureClause["kind"]>({ clauses }: FeatureDecl, kind: K): Extract<FeatureClause, { kind: K }> | undefined {
  return clauses.find((each): each is Extract<FeatureClause, { kind: K }> => each.kind === kind);
}

function length(literal: QuantityLit | undefined): number {
  return literal === undefined ? 0 : Math.round(literal.value * span(literal.unit));
}

/**
 * The value of a feature for an event: all events so far, oldest first and equal times as they came, narrowed down to its
 * window and folded from nothing. `history` has the event itself as its last.
 */
export function feature(interpreter: Interpreter, { decl, type }: FeatureInfo, current: Happening, history: readonly Happening[]): Answer {
  const keys = clause(decl, "By")?.keys.map((key) => key.name) ?? [];
  if (keys.some((key) => (current.fields.get(key) ?? ABSENT) === ABSENT)) return ABSENT;
  const { to, from, kept } = reach(decl, keys, current, history);
  if (kept >= to) return ABSENT;
  const where = clause(decl, "Where")?.condition;
  const inside = history
    .filter((past) => past.event.schema.name === decl.event.name)
    .filter((past) => past.at > Math.max(from, kept) && past.at <= to)
    .filter((past) => !(past === current && clause(decl, "Excluding") !== undefined))
    .filter((past) => keys.every((key) => matching(past.fields.get(key), current.fields.get(key))))
    .filter((past) => where === undefined || interpreter.value(where, alone(past)) === true)
    .filter((past) => decl.field === null || (past.fields.get(decl.field.name) ?? ABSENT) !== ABSENT);
  // Sorting keeps the order of arrival among equal times.
  return fold(decl, type, inside.toSorted((a, b) => a.at - b.at));
}

/** The window of an event, and the time up to which events of its entity may be forgotten. */
function reach(decl: FeatureDecl, keys: readonly string[], current: Happening, history: readonly Happening[]): { readonly from: number; readonly to: number; readonly kept: number } {
  const delay = length(clause(decl, "Ending")?.ago);
  const over = length(clause(decl, "Over")?.window);
  const to = current.at - delay;
  const newest = Math.max(-Infinity, ...ofEntity(decl, keys, current, history).map((past) => past.at));
  return { to, from: to - over, kept: newest - over - delay - lateness(decl) };
}

function lateness(decl: FeatureDecl): number {
  return length(clause(decl, "Lateness")?.allowed) || 5 * span("m");
}

function ofEntity(decl: FeatureDecl, keys: readonly string[], current: Happening, history: readonly Happening[]): readonly Happening[] {
  return history.filter((past) => past.event.schema.name === decl.event.name && keys.every((key) => matching(past.fields.get(key), current.fields.get(key))));
}

/** Whether all of the window was seen: counting began before it, nothing of it is forgotten, and the event came in time. */
export function seen({ decl }: FeatureInfo, current: Happening, history: readonly Happening[]): boolean {
  const keys = clause(decl, "By")?.keys.map((key) => key.name) ?? [];
  if (keys.some((key) => (current.fields.get(key) ?? ABSENT) === ABSENT)) return false;
  const { from, kept } = reach(decl, keys, current, history);
  const first = history.find((past) => past.event.schema.name === decl.event.name && keys.every((key) => (past.fields.get(key) ?? ABSENT) !== ABSENT));
  if (first === undefined || from < first.at || kept > from) return false;
  if (current.event.schema.name !== decl.event.name) return true;
  return ofEntity(decl, keys, current, history).every((past) => past.at - current.at <= lateness(decl));
}

function matching(a: Answer | undefined, b: Answer | undefined): boolean {
  return a !== undefined && b !== undefined && a !== ABSENT && b !== ABSENT && identical(a, b);
}

function alone(happening: Happening): Parameters<Interpreter["value"]>[1] {
  const none = (): never => {
    throw new Error("the filter of a window reads neither features nor managed lists");
  };
  return { happening, params: new Map(), feature: none, seen: none, listed: none };
}

function fold(decl: FeatureDecl, type: Type, inside: readonly Happening[]): Answer {
  const values = inside.map((past) => (decl.field === null ? null : (past.fields.get(decl.field.name) as Plain)));
  const last = inside.at(-1);
  switch (decl.aggregate.name) {
    case "count":
      return inside.length;
    case "exists":
      return inside.length > 0;
    case "distinct":
      return values.filter((value, i) => values.findIndex((each) => identical(each, value)) === i).length;
    case "last":
      return last === undefined ? ABSENT : { kind: "latest", value: decl.field === null ? ABSENT : (values.at(-1) as Plain), at: last.at };
    case "first":
      return inside[0] === undefined ? ABSENT : { kind: "latest", value: decl.field === null ? ABSENT : (values[0] as Plain), at: inside[0].at };
    case "rate":
      return decl.field === null ? inside.length / (length(clause(decl, "Over")?.window) / 1_000) : slope(inside, values as readonly number[]);
    case "change":
    case "stddev":
    case "percentile":
      return spread(decl, values);
    case "sum":
    case "average":
      return total(decl.aggregate.name, type, values);
    default:
      return extreme(values, decl.aggregate.name === "min" ? 1 : -1);
  }
}

function slope(inside: readonly Happening[], values: readonly number[]): Answer {
  const seconds = ((inside.at(-1)?.at ?? 0) - (inside[0]?.at ?? 0)) / 1_000;
  return seconds === 0 ? ABSENT : ((values.at(-1) as number) - (values[0] as number)) / seconds;
}

/** Aggregates of amounts that are worked out on their figures. */
function spread({ aggregate, argument }: FeatureDecl, values: readonly Plain[]): Answer {
  if (values.length === 0 || isMixed(values)) return ABSENT;
  const figures = values.map((value) => (isCash(value) ? value.minor : (value as number)) + 0);
  const figure = aggregate.name === "change" ? (figures.at(-1) as number) - (figures[0] as number) : aggregate.name === "stddev" ? deviation(figures) : nearest(figures, argument?.value ?? 0);
  const currency = values.map((value) => (isCash(value) ? value.currency : "")).find((code) => code !== "");
  if (figure === ABSENT || !isCash(values[0] as Plain)) return figure;
  return { kind: "cash", minor: figure, currency: currency ?? "" };
}

/** As the language says it is computed: Welford's updating formulas, from the oldest value on, in steps of powers of two. */
function deviation(figures: readonly number[]): number | typeof ABSENT {
  if (figures.length < 2) return ABSENT;
  const largest = Math.max(...figures.map(Math.abs));
  const scale = largest > 2 ** 500 ? 2 ** -600 : largest < 2 ** -500 ? 2 ** 600 : 1;
  let mean = (figures[0] as number) * scale;
  let squares = 0;
  figures.slice(1).forEach((figure, i) => {
    const before = mean;
    mean = before + (figure * scale - before) / (i + 2);
    squares += (figure * scale - before) * (figure * scale - mean);
  });
  return Math.sqrt(squares / (figures.length - 1)) / scale;
}

/** The least figure that at least so many per cent of all do not exceed. */
function nearest(figures: readonly number[], percent: number): number {
  return Math.min(...figures.filter((figure) => figures.filter((each) => each <= figure).length * 100 >= percent * figures.length));
}

function isMixed(values: readonly Plain[]): boolean {
  return values.some((a) => values.some((b) => isCash(a) && isCash(b) && differ(a, b)));
}

function total(aggregate: string, type: Type, values: readonly Plain[]): Answer {
  if (isMixed(values)) return ABSENT;
  if (values.length === 0) return aggregate === "average" ? ABSENT : type.kind === "money" ? { kind: "cash", minor: 0, currency: "" } : 0;
  const amounts = values.map((value) => (isCash(value) ? value.minor : (value as number)));
  const sum = amounts.reduce((a, b) => a + b, 0) / (aggregate === "average" ? values.length : 1);
  const [first] = values;
  return isCash(first as Plain) ? { kind: "cash", minor: sum, currency: (first as Cash).currency } : sum;
}

function extreme(values: readonly Plain[], sign: 1 | -1): Answer {
  if (values.length === 0 || isMixed(values)) return ABSENT;
  return values.reduce((best, value) => ((order(value, best) as number) * sign <= 0 ? value : best));
}
