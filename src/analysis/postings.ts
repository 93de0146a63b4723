import type { Box } from "./boxes.ts";
import type { Subjects } from "./subjects.ts";
import { EVERYWHERE, isWithin } from "./line.ts";
import type { ValueSet } from "./values.ts";

/** Sets with more tags than this are filed under their subject alone. */
const MAX_TAGS = 8;

interface Post {
  readonly byTag: Map<string, Set<number>>;
  readonly other: Set<number>;
}

/**
 * Which rules have a box that could contain or meet a given one. Every box is filed under its most telling constraint:
 * a few texts tell more than a range, and a range more than a truth value.
 */
export class Postings {
  readonly #subjects: Subjects;
  readonly #posts = new Map<number, Post>();
  readonly #free = new Set<number>();

  constructor(subjects: Subjects) {
    this.#subjects = subjects;
  }

  add(rule: number, boxes: readonly Box[]): void {
    for (const box of boxes) for (const place of this.#places(box)) place.add(rule);
  }

  remove(rule: number, boxes: readonly Box[]): void {
    for (const box of boxes) for (const place of this.#places(box)) place.delete(rule);
  }

  /** Rules below a number, ascending, that may have a box around or across this one. */
  candidates(box: Box, below: number): readonly number[] {
    const found = new Set<number>();
    const take = (rules: Iterable<number> | undefined): void => {
      for (const rule of rules ?? []) if (rule < below) found.add(rule);
    };
    take(this.#free);
    for (const [id, set] of box) {
      const post = this.#posts.get(id);
      if (post === undefined) continue;
      take(post.other);
      const tags = fewTags(set);
      if (tags === null) for (const rules of post.byTag.values()) take(rules);
      else for (const tag of tags) take(post.byTag.get(tag));
    }
    return [...found].toSorted((a, b) => a - b);
  }

  #places(box: Box): readonly Set<number>[] {
    let best: readonly Set<number>[] = [this.#free];
    let most = -1;
    for (const [id, set] of box) {
      const worth = this.#worth(id, set);
      if (worth <= most) continue;
      most = worth;
      const post = this.#posts.get(id) ?? { byTag: new Map<string, Set<number>>(), other: new Set<number>() };
      this.#posts.set(id, post);
      const tags = fewTags(set);
      best = tags === null ? [post.other] : tags.map((tag) => bucket(post, tag));
    }
    return best;
  }

  #worth(id: number, set: ValueSet): number {
    const { universe } = this.#subjects.get(id);
    const tags = fewTags(set);
    if (tags === null) return set.rest ? 1 : 2;
    return universe.rest ? 4 - tags.length / MAX_TAGS : universe.tags.size > 2 ? 2.5 : 0;
  }
}

function bucket(post: Post, tag: string): Set<number> {
  const known = post.byTag.get(tag);
  if (known !== undefined) return known;
  const made = new Set<number>();
  post.byTag.set(tag, made);
  return made;
}

/** The tags of a set that is a few of them and nothing else; null for any other. */
function fewTags(set: ValueSet): readonly string[] | null {
  if (set.rest || set.missing || set.nan || set.tags.size > MAX_TAGS) return null;
  for (const line of set.tags.values()) if (!isWithin(EVERYWHERE, line)) return null;
  return [...set.tags.keys()];
}
