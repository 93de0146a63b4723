import type { RuleIr } from "../ir/ir.ts";
import { areApart, isCovered, isInside, type Box, type Region } from "./boxes.ts";
import { Postings } from "./postings.ts";
import type { Subjects } from "./subjects.ts";

/*
 * How the rules of one ruleset, or the rows of one table, stand to each other. For every member the first earlier one in
 * a relation to it is kept, so that after an edit only the edited member is compared anew.
 */

export interface Member {
  readonly rule: RuleIr;
  /** Where its condition is true. */
  readonly region: Region;
}

/** `covers`: the earlier contains the later. `meets`: both have a point in common. */
export type Relation = "covers" | "meets";

/** In groups up to this size several members together are tried as a cover; beyond, one alone. */
export const MAX_JOINT = 200;
/** Members tried together. */
const MAX_COVERERS = 48;

function contains(outer: readonly Box[], inner: readonly Box[]): boolean {
  for (const box of inner) if (!outer.some((other) => isInside(box, other))) return false;
  return inner.length > 0;
}

export class Standing<M extends Member> {
  readonly #subjects: Subjects;
  readonly #relation: Relation;
  readonly #postings: Postings;
  /** Whether the earlier of two members (the first) and the later one may stand in the relation at all. */
  readonly #fits: (first: M, later: M) => boolean;
  #members: readonly M[] = [];
  readonly #first: (number | null)[] = [];

  constructor(subjects: Subjects, relation: Relation, fits: (first: M, later: M) => boolean) {
    this.#subjects = subjects;
    this.#relation = relation;
    this.#fits = fits;
    this.#postings = new Postings(subjects);
  }

  /** Takes the members as they are now and compares those that have changed since. */
  update(members: readonly M[]): void {
    const before = this.#members;
    const changed: number[] = [];
    for (let i = 0; i < Math.max(members.length, before.length); i++) {
      const [old, now] = [before[i], members[i]];
      if (old === now) continue;
      if (old !== undefined) this.#postings.remove(i, old.region.boxes);
      if (now === undefined) continue;
      this.#postings.add(i, now.region.boxes);
      changed.push(i);
    }
    this.#members = members;
    this.#first.length = members.length;
    const fresh = new Set(changed);
    for (const i of changed) this.#first[i] = this.#search(i);
    this.#renew(fresh, changed);
  }

  /** Index of the first earlier member in the relation, or null. */
  first(member: number): number | null {
    return this.#first[member] ?? null;
  }

  /** Earlier members that only together contain one; null when no proof is found. */
  jointly(index: number): readonly number[] | null {
    if (this.#members.length > MAX_JOINT) return null;
    const member = this.#members[index] as M;
    const { region } = member;
    if (region.boxes.length === 0) return null;
    const able = this.#members.slice(0, index).flatMap((other, i) => (this.#fits(other, member) && other.region.exact && this.#touches(other, member) ? [i] : []));
    let by: readonly number[] = able.slice(0, MAX_COVERERS);
    const covers = (members: readonly number[]): boolean => isCovered(this.#subjects, region, members.flatMap((i) => (this.#members[i] as M).region.boxes));
    if (!covers(by)) return null;
    // Those that are not needed would only be in the way of readers.
    for (const each of by.toReversed()) {
      const fewer = by.filter((other) => other !== each);
      if (covers(fewer)) by = fewer;
    }
    return by;
  }

  /** Compares members that stay with those that changed before them. */
  #renew(fresh: ReadonlySet<number>, changed: readonly number[]): void {
    const [least] = changed;
    if (least === undefined) return;
    // Beyond a few, searching anew by the postings is less work.
    const few = changed.length <= 4;
    for (let later = least + 1; later < this.#members.length; later++) {
      if (fresh.has(later)) continue;
      const known = this.#first[later] ?? null;
      if (!few || (known !== null && fresh.has(known))) {
        this.#first[later] = this.#search(later);
        continue;
      }
      for (const earlier of changed) {
        if (earlier >= (known ?? later)) break;
        if (!this.#holds(earlier, later)) continue;
        this.#first[later] = earlier;
        break;
      }
    }
  }

  #search(later: number): number | null {
    const [lead] = (this.#members[later] as M).region.boxes;
    if (lead === undefined) return null;
    if (this.#relation === "covers") return this.#postings.candidates(lead, later).find((earlier) => this.#holds(earlier, later)) ?? null;
    // What meets need not share a constraint, by which it could be found.
    for (let earlier = 0; earlier < later; earlier++) if (this.#holds(earlier, later)) return earlier;
    return null;
  }

  #holds(earlier: number, later: number): boolean {
    const [a, b] = [this.#members[earlier] as M, this.#members[later] as M];
    if (this.#relation === "meets") return this.#fits(a, b) && this.#touches(a, b);
    return a.region.exact && this.#fits(a, b) && contains(a.region.boxes, b.region.boxes);
  }

  #touches(a: M, b: M): boolean {
    return a.region.boxes.some((one: Box) => b.region.boxes.some((other) => !areApart(this.#subjects, one, other)));
  }
}
