import type { Span } from "../../src/text/span.ts";

interface Spanned {
  readonly kind?: string;
  readonly span: Span;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isSpanned(value: object): value is Spanned {
  return "span" in value && isObject(value.span) && "start" in value.span;
}

/**
 * What is wrong with the spans of a tree: those that leave the text, or run backwards; with `nested` also those that leave
 * the span of the node around them.
 */
export function spanFindings(root: object, length: number, nested: boolean): readonly string[] {
  const findings: string[] = [];
  const pending: [node: unknown, around: Span][] = [[root, { file: "", start: 0, end: length }]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, around] = next;
    if (!isObject(node)) continue;
    let inside = around;
    if (isSpanned(node)) {
      const { start, end } = node.span;
      const fits = start >= 0 && start <= end && end <= length;
      if (!fits) findings.push(`${node.kind} ${start}..${end} leaves the text of ${length}`);
      if (nested && (start < around.start || end > around.end)) findings.push(`${node.kind} ${start}..${end} leaves ${around.start}..${around.end}`);
      inside = node.span;
    }
    for (const [key, value] of Object.entries(node)) if (key !== "span" && key !== "opSpan") pending.push([value, inside]);
  }
  return findings;
}
