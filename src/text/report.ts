import { withoutCascades, type Damage } from "./cascades.ts";
import { codes, type Code } from "./codes.ts";
import type { Details, Diagnostic } from "./diagnostic.ts";
import type { Span } from "./span.ts";

/** A set with more findings than this helps nobody; the rest is counted and announced as "N more". */
export const MAX_DIAGNOSTICS = 100;

/** Collects the findings of one build, in the order they are found, without two at one place with one code. */
export class Report {
  readonly #found: Diagnostic[] = [];
  readonly #places = new Set<string>();
  readonly #damages: Damage[] = [];

  add(code: Code, span: Span, message: string, details: Details = {}): void {
    const place = `${code} ${span.file} ${span.start} ${span.end}`;
    if (this.#places.has(place)) return;
    this.#places.add(place);
    this.#found.push({
      code,
      severity: codes[code].severity,
      message,
      span,
      labels: details.labels ?? [],
      notes: details.notes ?? [],
      fixes: details.fixes ?? [],
      docs: `grammar/diagnostics.md#${code.toLowerCase()}`,
      ...(details.label === undefined ? {} : { label: details.label }),
      ...(details.help === undefined ? {} : { help: details.help }),
    });
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    for (const each of diagnostics) {
      const place = `${each.code} ${each.span.file} ${each.span.start} ${each.span.end}`;
      if (this.#places.has(place)) continue;
      this.#places.add(place);
      this.#found.push(each);
    }
  }

  /** Grows with everything that is told of the text, also with what is not shown. */
  get size(): number {
    return this.#found.length + this.#damages.length;
  }

  get hasErrors(): boolean {
    return this.#found.some((each) => each.severity === "error");
  }

  /** Whether something (of one code) was found inside a span already, so that what follows from it need not be told. */
  touches(span: Span, code?: Code): boolean {
    return this.#found.some(
      (each) =>
        each.span.file === span.file &&
        each.span.start >= span.start &&
        each.span.end <= span.end &&
        (code === undefined || each.code === code),
    );
  }

  /** What was found in a file so far of some codes. */
  told(file: string, among: readonly Code[]): readonly Diagnostic[] {
    return this.#found.filter((each) => each.span.file === file && among.includes(each.code));
  }

  /** Tells that a stretch of a file could not be read, so that what follows from that is left out. */
  damaged(damage: Damage): void {
    this.#damages.push(damage);
  }

  /** Whether a stretch of a file is among what could not be read. */
  isDamaged({ file, start, end }: Span): boolean {
    return this.#damages.some(({ span }) => span.file === file && start < span.end && span.start < end);
  }

  /** All findings that do not follow from others, by file and place. */
  sorted(): readonly Diagnostic[] {
    return withoutCascades(this.#found, this.#damages).toSorted(
      (a, b) =>
        (a.span.file < b.span.file ? -1 : a.span.file > b.span.file ? 1 : 0) ||
        a.span.start - b.span.start ||
        a.span.end - b.span.end,
    );
  }
}
