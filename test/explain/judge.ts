import type { Checked, RuleInfo } from "../../src/check/checked.ts";
import type { Place, RuleTrace, Trace, TraceNode } from "../../src/engine/trace.ts";
import type { CallExpr, Expr } from "../../src/syntax/ast.ts";
import { children, walkExpr } from "../../src/syntax/walk.ts";
import { LineMap } from "../../src/text/source.ts";
import { read } from "../oracle/decide.ts";
import type { Happening, Interpreter, Surroundings } from "../oracle/interpret.ts";
import { json } from "../oracle/text.ts";
import { ABSENT, type Answer } from "../oracle/values.ts";

/*
 * Holds traces against the naive interpreter of the syntax tree: every value that is shown, what decided, and every change
 * that is said to turn a condition.
 */

/** How much was compared. */
export interface Seen {
  programs: number;
  nodes: number;
  decisive: number;
  flips: number;
  featureFlips: number;
  results: Set<string>;
}

/** Where names of a piece of text are looked up: within the call of a function, its parameters. */
interface Scope {
  readonly around: Surroundings;
  readonly call: CallExpr | null;
  readonly params: readonly string[];
  readonly outer: Scope | null;
}

export class Judge {
  readonly #checked: Checked;
  readonly #interpreter: Interpreter;
  readonly #around: Surroundings;
  readonly #map: LineMap;
  readonly #seen: Seen;

  constructor(checked: Checked, interpreter: Interpreter, around: Surroundings, text: string, seen: Seen) {
    this.#checked = checked;
    this.#interpreter = interpreter;
    this.#around = around;
    this.#map = new LineMap(text);
    this.#seen = seen;
  }

  /** The first thing that is wrong, or null. */
  fault(trace: Trace): string | null {
    for (const { decl, rules } of this.#checked.rulesets) {
      for (const told of trace[decl.name.name]?.rules ?? []) {
        const rule = rules.find((each) => each.decl.name.name === told.id && (each.row?.number ?? null) === told.row);
        const wrong = rule === undefined ? "there is no such rule" : this.#rule(rule, told);
        if (wrong !== null) return `${decl.name.name}.${told.id} ${told.row ?? ""}: ${wrong}`;
      }
    }
    return null;
  }

  #rule(rule: RuleInfo, told: RuleTrace): string | null {
    const root: Scope = { around: this.#around, call: null, params: [], outer: null };
    for (const node of told.tree) {
      const wrong = this.#node(node, [rule.when], root);
      if (wrong !== null) return wrong;
    }
    const when = this.#interpreter.value(rule.when, this.#around);
    this.#seen.results.add(told.result);
    return this.#result(rule, told, when) ?? this.#decisive(rule, told, when) ?? this.#flips(rule, told, when);
  }

  #node(node: TraceNode, within: readonly Expr[], scope: Scope): string | null {
    const found = within.map((each) => this.#find(each, node)).find((each) => each !== undefined);
    if (found === undefined) return `nothing is written at ${this.#offset(node.line, node.column)}: ${node.text}`;
    const answer = this.#interpreter.value(found, scope.around);
    this.#seen.nodes++;
    const right = answer === ABSENT ? "missing" : JSON.stringify(json(answer, this.#checked.tables.typeOf(found)));
    const shown = node.missing === undefined ? JSON.stringify(node.value) : "missing";
    if (node.masked !== true && shown !== right) return `\`${node.text}\` is ${right}, told is ${shown}`;
    const [parts, inside] = this.#inside(found, scope);
    for (const part of node.parts) {
      const wrong = this.#node(part, parts, inside);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  /** What stands below an expression: what a name stands for, the body of a function, else its parts. */
  #inside(expr: Expr, scope: Scope): readonly [readonly Expr[], Scope] {
    const { uses, callees } = this.#checked.tables;
    const use = uses.get(expr);
    if (use?.kind === "let") {
      const { value } = use.info.decl;
      const root: Scope = { around: this.#around, call: null, params: [], outer: null };
      return uses.get(value)?.kind === "let" ? this.#inside(value, root) : [[value], root];
    }
    if (use?.kind === "param" && expr.kind === "Name" && scope.call !== null && scope.outer !== null) {
      const arg = scope.call.args[scope.params.indexOf(expr.name)] as Expr;
      // A name that is handed on stands for what it stands for.
      const known = uses.get(arg)?.kind;
      return known === "let" || known === "param" ? this.#inside(arg, scope.outer) : [[arg], scope.outer];
    }
    if (expr.kind === "Binary" && (expr.op === "and" || expr.op === "or")) return [[...this.#operands(expr, expr.op), ...children(expr)], scope];
    const callee = callees.get(expr);
    if (expr.kind !== "Call" || callee?.kind !== "function") return [children(expr), scope];
    const { params, body } = callee.info.decl;
    const bound = params.map(({ name }, i) => [name.name, this.#bound(callee.args[i] as Expr, scope)] as const);
    return [[body], { around: { ...scope.around, params: new Map(bound) }, call: { ...expr, args: callee.args }, params: params.map(({ name }) => name.name), outer: scope }];
  }

  #bound(arg: Expr, { around }: Scope): Answer | Happening {
    const use = this.#checked.tables.uses.get(arg);
    if (use?.kind === "event") return around.happening;
    const held = use?.kind === "param" && arg.kind === "Name" ? around.params.get(arg.name) : undefined;
    return held ?? this.#interpreter.value(arg, around);
  }

  /** The outermost expression with the place of a node. */
  #find(root: Expr, { line, column, endLine, endColumn }: Place): Expr | undefined {
    const [start, end] = [this.#offset(line, column), this.#offset(endLine, endColumn)];
    let found: Expr | undefined;
    walkExpr(root, (expr) => {
      if (expr.span.start === start && expr.span.end === end) found ??= expr;
    });
    return found;
  }

  /** Columns count code points. */
  #offset(line: number, column: number): number {
    const start = this.#map.startOf(line);
    return start + [...this.#map.lineText(line)].slice(0, column - 1).join("").length;
  }

  #result({ mode, hold, onMissing }: RuleInfo, { result, why }: RuleTrace, when: Answer): string | null {
    const wrong = (what: string): string => `it ${what}, told is \`${result}\`: ${why}`;
    if ((mode === "off") !== (result === "off")) return wrong(mode === "off" ? "is off" : "is not off");
    if (hold !== null) return null;
    if (result === "matched" && when !== true && !(when === ABSENT && onMissing.action !== "none")) return wrong("does not hold");
    if (result === "not matched" && when !== false) return wrong("is not false");
    return result === "missing" && when !== ABSENT ? wrong("is not missing") : null;
  }

  /** Nothing that stands before the part that decided may be what the condition is. */
  #decisive(rule: RuleInfo, { decisive }: RuleTrace, when: Answer): string | null {
    if (when === true) return decisive === null ? null : "nothing failed, and yet something did";
    const failed = this.#operands(rule.when, "and").find((operand) => this.#interpreter.value(operand, this.#around) === when);
    if (decisive === null || failed === undefined) return "something failed, and nothing is told";
    this.#seen.decisive++;
    const at = this.#offset(decisive.line, decisive.column);
    const { start, end } = failed.span;
    // The body of a function, a `let` and a column stand elsewhere.
    let elsewhere = false;
    walkExpr(failed, (expr) => (elsewhere ||= this.#checked.tables.uses.get(expr)?.kind === "let" || this.#checked.tables.callees.get(expr)?.kind === "function"));
    return elsewhere || (at >= start && at < end) ? null : `\`${decisive.text}\` is told to decide, and it is what stands at ${start}`;
  }

  #operands(expr: Expr, op: "and" | "or"): readonly Expr[] {
    return expr.kind === "Binary" && expr.op === op ? [...this.#operands(expr.left, op), ...this.#operands(expr.right, op)] : [expr];
  }

  #flips({ when: condition, onMissing }: RuleInfo, { flip, featureFlip }: RuleTrace, when: Answer): string | null {
    const holds = (value: Answer): boolean => value === true || (value === ABSENT && onMissing.action !== "none");
    for (const each of [flip, featureFlip]) {
      if (each === null) continue;
      if (each.input === "field") this.#seen.flips++;
      else this.#seen.featureFlips++;
      const after = holds(this.#interpreter.value(condition, this.#changed(each.input, each.name, each.to)));
      if (after === holds(when)) return `it does not turn: ${each.text}`;
      if (after !== each.holds) return `it turns the other way: ${each.text}`;
    }
    return null;
  }

  #changed(input: "field" | "feature", name: string, to: unknown): Surroundings {
    const { happening, feature } = this.#around;
    if (input === "feature") {
      const type = this.#checked.features.find((each) => each.decl.name.name === name)?.type ?? { kind: "error" };
      return { ...this.#around, feature: (each) => (each === name ? read(to, type) : feature(each)) };
    }
    const type = happening.event.schema.fields.find((each) => each.name === name)?.type ?? { kind: "error" };
    const fields = new Map(happening.fields).set(name, to === null ? ABSENT : read(to, type));
    // Features are those of the event as it came.
    return { ...this.#around, happening: { ...happening, fields } };
  }
}
