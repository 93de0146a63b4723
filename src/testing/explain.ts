import { compileExpr, type Lookups } from "../compile/closures.ts";
import type { Run } from "../compile/program.ts";
import type { ExprIr } from "../ir/ir.ts";
import type { Origins } from "../ir/origins.ts";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import { printValue } from "../types/print.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";

/** Conditions that decided what another came to, with the values they saw. */
export interface Cause {
  readonly span: Span;
  /** `false: \`card_tx_1h\` is 9` */
  readonly text: string;
}

export interface Why {
  readonly value: boolean | Missing;
  readonly causes: readonly Cause[];
}

/** What evaluating parts of a condition takes. */
export interface Explainer {
  readonly lookups: Lookups;
  readonly origins: Origins;
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/** The operands through which a condition is decided; a condition without such is an atom. */
export function conditionsIn(ir: ExprIr): readonly ExprIr[] {
  switch (ir.op) {
    case "and":
    case "or":
      return ir.operands;
    case "not":
      return [ir.operand];
    case "once":
      return isCondition(ir.value) ? [ir.value] : [];
    default:
      return [];
  }
}

function isCondition({ op }: ExprIr): boolean {
  return op !== "const" && op !== "missing" && op !== "cond" && op !== "template" && op !== "list" && op !== "map";
}

/** Why a condition came to what it came to for the event in a frame. */
export function why(ir: ExprIr, frame: Frame, run: Run, explainer: Explainer): Why {
  const evaluate = (part: ExprIr): Value | Missing => compileExpr(part, explainer.lookups)(frame, run);
  const causes: Cause[] = [];
  const walk = (part: ExprIr, place: Span | null): void => {
    const value = evaluate(part);
    const span = explainer.origins.get(part)?.span ?? place;
    const inner = decisive(part, value, evaluate);
    if (inner.length > 0) for (const each of inner) walk(each, span);
    else if (span !== null) causes.push({ span, text: describe(part, value, evaluate, explainer) });
  };
  walk(ir, null);
  const value = evaluate(ir);
  return { value: typeof value === "boolean" || value instanceof Missing ? value : new Missing("no condition"), causes };
}

/** The parts that make a condition what it is: the first that fails of an `and`, all that fail of an `or`. */
function decisive(ir: ExprIr, value: Value | Missing, evaluate: (part: ExprIr) => Value | Missing): readonly ExprIr[] {
  if (ir.op !== "and" && ir.op !== "or") return conditionsIn(ir);
  const all = value === (ir.op === "and");
  if (all) return ir.operands;
  const same = ir.operands.find((operand) => (value instanceof Missing ? evaluate(operand) instanceof Missing : evaluate(operand) === value));
  return same === undefined ? [] : [same];
}

function describe(ir: ExprIr, value: Value | Missing, evaluate: (part: ExprIr) => Value | Missing, explainer: Explainer): string {
  const shown = operandsOf(ir).flatMap((part): readonly string[] => {
    if (part.op === "const") return [];
    const origin = explainer.origins.get(part);
    const text = origin === undefined ? undefined : textOf(origin.span, explainer.sources);
    if (origin === undefined || text === undefined) return [];
    const found = evaluate(part);
    return [`\`${text}\` is ${found instanceof Missing ? `missing (${causeText(found)})` : shownValue(found, origin.type)}`];
  });
  const verdict = value instanceof Missing ? "missing" : value === true ? "true" : "false";
  if (shown.length > 0) return `${verdict}: ${shown.join(", ")}`;
  return value instanceof Missing ? `missing: ${causeText(value)}` : verdict;
}

function shownValue(value: Value, type: Type): string {
  return type.kind === "string" ? JSON.stringify(value) : printValue(value, type);
}

/** The cause of a missing value as a test reports it. */
function causeText({ cause }: Missing): string {
  return cause.startsWith("field ") ? `\`${cause.slice("field ".length)}\` is not given` : cause;
}

/** The values that an atom looks at. */
function operandsOf(ir: ExprIr): readonly ExprIr[] {
  switch (ir.op) {
    case "compare":
    case "eq":
      return [ir.left, ir.right];
    case "between":
      return [ir.item, ir.low, ir.high];
    case "inList":
      return [ir.item];
    case "isMissing":
    case "known":
      return [ir.operand];
    case "call":
      return ir.args;
    case "cond":
      return [ir.condition];
    case "macro":
      return [ir.over];
    default:
      return [];
  }
}

/** Longer text is not quoted in a finding. */
const MAX_QUOTED = 60;

function textOf(span: Span, sources: ReadonlyMap<string, SourceFile>): string | undefined {
  const text = sources.get(span.file)?.text.slice(span.start, span.end).replaceAll(/\s+/g, " ");
  return text === undefined || text === "" || text.length > MAX_QUOTED ? undefined : text;
}
