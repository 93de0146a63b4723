import type { ExprIr } from "../ir/ir.ts";
import type { Span } from "../text/span.ts";
import { ALL, isCovered, product, type Region } from "./boxes.ts";
import type { Clash, ConditionClaim } from "./claims.ts";
import { describe } from "./describe.ts";
import type { Part } from "./parts.ts";
import type { Regions } from "./regions.ts";
import { bare, type Subject } from "./subjects.ts";
import { isEmpty, intersect, MISSING, without, type ValueSet } from "./values.ts";

/** Stands for the index of the rule, which is not known here and may change. */
const UNPLACED = -1;

/** What is asked beside a part on the way to it: it matters only where all of this is true. */
interface Around {
  readonly region: Region;
  readonly conditions: readonly ExprIr[];
  readonly parts: readonly Part[];
}

/** Looks for parts of one condition that can never be true, never be false, or add nothing. */
export class Conditions {
  readonly #regions: Regions;
  readonly #claims: ConditionClaim[] = [];
  /** Whether it matters if the condition ends false or missing, so that no part may be left out. */
  readonly #strict: boolean;

  constructor(regions: Regions, strict: boolean) {
    this.#regions = regions;
    this.#strict = strict;
  }

  claims(root: Part): readonly ConditionClaim[] {
    this.#visit(root, root, { region: ALL, conditions: [], parts: [] }, true);
    return this.#claims;
  }

  #visit(part: Part, root: Part, around: Around, positive: boolean): void {
    const { ir, span } = part;
    if (bare(ir).op === "const") return;
    const regions = this.#regions;
    const own = regions.whenTrue(ir);
    const beside = part !== root;
    if (own.boxes.length === 0) {
      this.#never(part, root, around);
      return;
    }
    if (regions.whenFalse(ir).boxes.length === 0) {
      const cause = part.kind === "or" ? part.parts.find((each) => regions.whenFalse(each.ir).boxes.length === 0) : undefined;
      this.#claims.push({ kind: "always", rule: UNPLACED, node: (cause ?? part).ir, span: cause?.span ?? span, part: beside || cause !== undefined });
      return;
    }
    if (positive && around.parts.length > 0 && product(regions.subjects, [around.region, own]).boxes.length === 0) {
      const clash = this.#clash([...around.parts, part]);
      this.#claims.push({ kind: "never", rule: UNPLACED, node: ir, context: around.conditions, span, clash, reason: null, part: true });
      return;
    }
    if (positive && !this.#strict && part.parts.length > 1) this.#superfluous(part);
    for (const each of part.parts) this.#visit(each, root, this.#around(part, each, around), positive && part.kind !== "not");
  }

  /** Points at the smallest part that cannot be true by itself. */
  #never(part: Part, root: Part, around: Around): void {
    const cause = part.kind === "and" ? part.parts.find((each) => this.#regions.whenTrue(each.ir).boxes.length === 0) : undefined;
    if (cause !== undefined && bare(cause.ir).op !== "const") this.#never(cause, root, around);
    else if (cause === undefined) {
      const { ir, span } = part;
      const clash = part.kind === "and" ? this.#clash(part.parts) : null;
      this.#claims.push({ kind: "never", rule: UNPLACED, node: ir, context: [], span, clash, reason: clash === null ? this.#reason(ir) : null, part: part !== root });
    }
  }

  /** Alternatives of an `and` are looked at where the other parts are true. */
  #around(part: Part, child: Part, around: Around): Around {
    if (part.kind !== "and" || child.kind !== "or") return part.kind === "or" ? around : { region: ALL, conditions: [], parts: [] };
    const siblings = part.parts.filter((each) => each !== child);
    const region = product(this.#regions.subjects, [around.region, ...siblings.map((each) => this.#regions.whenTrue(each.ir))]);
    return { region, conditions: [...around.conditions, ...siblings.map((each) => each.ir)], parts: [...around.parts, ...siblings] };
  }

  /** Parts that could be left out, the last ones first, so that of two equal parts the first stays. */
  #superfluous(part: Part): void {
    let left = part.parts;
    for (const each of part.parts.toReversed()) {
      const others = left.filter((other) => other !== each);
      // A question for presence keeps a condition from ending missing, and tells readers why.
      if (others.length === 0 || bare(each.ir).op === "isMissing" || !this.#shares(each, others)) continue;
      if (!this.#addsNothing(part.kind, each, others)) continue;
      left = others;
      const telling = others.filter((other) => this.#shares(each, [other]));
      this.#claims.push({
        kind: part.kind === "and" ? "implied" : "absorbed",
        rule: UNPLACED, node: each.ir, by: others.map((other) => other.ir), span: each.span, bySpans: telling.map((other) => other.span),
      });
    }
  }

  #addsNothing(kind: Part["kind"], part: Part, others: readonly Part[]): boolean {
    const { subjects } = this.#regions;
    const mine = this.#regions.whenTrue(part.ir);
    const theirs = others.map((other) => this.#regions.whenTrue(other.ir));
    if (kind === "and") return mine.exact && isCovered(subjects, product(subjects, theirs), mine.boxes);
    return isCovered(subjects, mine, theirs.flatMap((region) => (region.exact ? region.boxes : [])));
  }

  #shares(part: Part, others: readonly Part[]): boolean {
    const mine = this.#subjectsOf(part);
    return others.some((other) => [...this.#subjectsOf(other)].some((id) => mine.has(id)));
  }

  #subjectsOf(part: Part): ReadonlySet<number> {
    return new Set(this.#regions.whenTrue(part.ir).boxes.flatMap((box) => [...box.keys()]));
  }

  /** Two parts that exclude each other on their own, if it takes no more. */
  #clash(parts: readonly Part[]): Clash | null {
    const { subjects } = this.#regions;
    for (let i = 0; i < parts.length; i++) {
      for (let j = i + 1; j < parts.length; j++) {
        const [a, b] = [parts[i] as Part, parts[j] as Part];
        const [mine, theirs] = [this.#regions.whenTrue(a.ir), this.#regions.whenTrue(b.ir)];
        if (product(subjects, [mine, theirs]).boxes.length === 0) return this.#explain(a, b, mine, theirs);
      }
    }
    return null;
  }

  /** What a part asks of a subject: as it was written, if that is all it asks. */
  #words(part: Part, subject: Subject, set: ValueSet): string | null {
    const asked = this.#regions.asks(part.ir);
    return describe(subject, asked?.subject === subject ? asked.set : set);
  }

  /** Why a part on its own is never true. */
  #reason(ir: ExprIr): string | null {
    const asked = this.#regions.asks(ir);
    const value = bare(ir);
    if (value.op === "between") return "the range ends before it begins";
    if (asked === null || asked.subject.leaf === null) return null;
    const { leaf, universe } = asked.subject;
    if (value.op === "isMissing") return `every event has \`${leaf.name}\`, so it is never missing`;
    const always = describe(asked.subject, without(universe, MISSING, false));
    return always === null ? null : `\`${leaf.name}\` is always ${always}`;
  }

  #explain(a: Part, b: Part, mine: Region, theirs: Region): Clash {
    const { subjects } = this.#regions;
    const plain = { subject: null, sides: [a, b].map(({ span }: { span: Span }) => ({ span, asks: null })) };
    const [first, second] = [mine.boxes[0], theirs.boxes[0]];
    if (mine.boxes.length !== 1 || theirs.boxes.length !== 1 || first === undefined || second === undefined) return plain;
    for (const [id, set] of first) {
      const other = second.get(id);
      const subject = subjects.get(id);
      if (other === undefined || subject.leaf === null || !isEmpty(intersect(set, other, subject.whole))) continue;
      return { subject: subject.leaf.name, sides: [{ span: a.span, asks: this.#words(a, subject, set) }, { span: b.span, asks: this.#words(b, subject, other) }] };
    }
    return plain;
  }
}
