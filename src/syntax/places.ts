import type { Span } from "../text/span.ts";

interface Place {
  start: number;
  end: number;
}

/**
 * Where the nodes of trees stand, to move them in place when text before them grows or shrinks. The places of a node are
 * looked for when it is first moved, and kept as long as it is.
 */
export class Places {
  /** By the place of the node itself. */
  readonly #known = new WeakMap<Span, readonly Place[]>();

  move(nodes: Iterable<{ readonly span: Span }>, by: number): void {
    if (by === 0) return;
    for (const node of nodes) {
      let places = this.#known.get(node.span);
      if (places === undefined) this.#known.set(node.span, (places = placesOf(node)));
      for (const place of places) {
        place.start += by;
        place.end += by;
      }
    }
  }
}

/** All places in a plain tree, each once: nodes may have one in common. */
function placesOf(root: object): readonly Place[] {
  const places = new Set<Place>();
  const pending: object[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isSpan(node)) {
      places.add(node);
      continue;
    }
    for (const key in node) {
      const part = (node as Readonly<Record<string, unknown>>)[key];
      if (typeof part === "object" && part !== null) pending.push(part);
    }
  }
  return [...places];
}

function isSpan(node: object): node is Span {
  return "file" in node && "start" in node && "end" in node;
}
