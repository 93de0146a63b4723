import type { Decision } from "../engine/decision.ts";
import type { Decisive, Place, RuleResult, RuleTrace, TraceNode } from "../engine/trace.ts";
import { cellOf, shown } from "../text/width.ts";
import type { Paint } from "./io.ts";

const MARKS: Readonly<Partial<Record<RuleResult, readonly [mark: string, colour: Parameters<Paint>[0]]>>> = {
  matched: ["✓", "green"],
  "not matched": ["✗", "red"],
  missing: ["?", "yellow"],
};
const OTHER = ["·", "dim"] as const;

/** Columns of text before the values of a tree, at most: longer text pushes its own value aside only. */
const MAX_ALIGNED = 70;

/** An explained decision for people. With a rule only the rulesets that have it are told. */
export function explanationText({ type, eventId, version, decisions, trace = {} }: Decision, rule: string | null, paint: Paint): string {
  const lines = [`${paint("bold", type)}${eventId === null ? "" : ` ${shown(eventId)}`} ${paint("dim", `rules ${version}`)}`];
  for (const [name, { because, rules, omitted }] of Object.entries(trace)) {
    if (rule !== null && rules.length === 0) continue;
    const score = decisions[name]?.score ?? 0;
    lines.push("", `${paint("bold", name)}: ${paint("bold", because.outcome)}${score === 0 ? "" : ` (score ${score})`}`, `  because ${because.text}`);
    for (const each of rules) lines.push("", ...ruleLines(each, paint));
    if (omitted > 0) lines.push("", `  … and ${omitted} more rules that did not match; name one with \`--rule\``);
  }
  return `${lines.join("\n")}\n`;
}

function ruleLines(rule: RuleTrace, paint: Paint): readonly string[] {
  const [mark, colour] = MARKS[rule.result] ?? OTHER;
  const name = `${rule.id}${rule.row === null ? "" : ` row ${rule.row}`}${rule.mode === "shadow" ? " (shadow)" : ""}`;
  const word = MARKS[rule.result] === undefined ? `${rule.result}: ` : "";
  const flips = [rule.flip, rule.featureFlip].flatMap((flip) => (flip === null ? [] : [`    ${shown(flip.text)}`]));
  return [`  ${paint(colour, mark)} ${paint("bold", name)}  ${word}${shown(rule.why)}`, ...treeLines(rule, paint), ...flips];
}

interface Row {
  readonly text: string;
  readonly width: number;
  readonly value: string;
  readonly decisive: boolean;
}

function treeLines({ tree, decisive, result }: RuleTrace, paint: Paint): readonly string[] {
  const rows: Row[] = [];
  let marked = result !== "not matched" && result !== "missing";
  const add = (node: TraceNode, depth: number): void => {
    const text = "  ".repeat(depth) + shown(node.text);
    const isDecisive = !marked && decisive !== null && isSamePlace(node, decisive);
    marked ||= isDecisive;
    rows.push({ text, width: widthOf(text), value: shown(valueText(node)), decisive: isDecisive });
    for (const part of node.parts) add(part, depth + 1);
  };
  for (const node of tree) add(node, 0);
  const aligned = Math.max(0, ...rows.map((row) => row.width).filter((width) => width <= MAX_ALIGNED));
  return rows.map(({ text, width, value, decisive: first }) => {
    const line = `${text}${" ".repeat(Math.max(0, aligned - width))}  ${value}`;
    return first ? `  ${paint("red", "▸")} ${paint("red", line)}` : `    ${paint("dim", line)}`;
  });
}

function valueText({ shown: value, missing }: TraceNode): string {
  return missing === undefined ? value : `missing (${missing})`;
}

function isSamePlace(node: Place & { readonly text: string }, decisive: Decisive): boolean {
  return node.text === decisive.text && node.file === decisive.file && node.line === decisive.line && node.column === decisive.column;
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += cellOf(character).width;
  return width;
}
