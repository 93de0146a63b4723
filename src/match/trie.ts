import { FIRST, UNSURE, type Trie } from "./tables.ts";

/*
 * Texts as a tree of their units of UTF-16, so that what a text begins with, ends with or holds is found in one walk over
 * it, which mostly ends soon. Parts are found by the links of Aho and Corasick, <https://doi.org/10.1145/360825.360855>.
 */

/** How edges are written: the node above, the unit, the node below, which is 0 where there is no edge. */
const EDGE = 3;

/** Units whose nodes below the root are found without a hash: those of ASCII. */
const ROOTS = 128;

/** @param texts numbered from 1 */
export function trieOf(texts: readonly string[]): Trie {
  const count = texts.reduce((sum, text) => sum + text.length, 1);
  const edges = new Int32Array(EDGE * 2 ** Math.ceil(Math.log2(count * 2)));
  const values = new Int32Array(count);
  const above: number[] = [0];
  const units: number[] = [0];
  texts.forEach((text, i) => {
    let node = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const edge = edgeOf(edges, node, unit);
      if (edges[edge + 2] === 0) {
        edges.set([node, unit, above.push(node) - 1], edge);
        units.push(unit);
      }
      node = edges[edge + 2] as number;
    }
    values[node] = i + 1;
  });
  const roots = Int32Array.from({ length: ROOTS }, (_, unit) => edges[edgeOf(edges, 0, unit) + 2] as number);
  return { edges, roots, values: values.slice(0, above.length), ...linksOf({ edges, roots }, values, above, units) };
}

/** Links by the distance of nodes from the root: those of the shorter texts are needed for those of the longer. */
function linksOf(tree: Edges, values: Int32Array, above: readonly number[], units: readonly number[]): Pick<Trie, "shorter" | "ending"> {
  const depths = new Int32Array(above.length);
  for (let node = 1; node < above.length; node++) depths[node] = (depths[above[node] as number] as number) + 1;
  const order = Int32Array.from(above.keys()).toSorted((a, b) => (depths[a] as number) - (depths[b] as number));
  const shorter = new Int32Array(above.length);
  const ending = new Int32Array(above.length);
  for (const node of order.subarray(1)) {
    const parent = above[node] as number;
    const link = parent === 0 ? 0 : follow(tree, shorter, shorter[parent] as number, units[node] as number);
    shorter[node] = link;
    ending[node] = values[link] === 0 ? (ending[link] as number) : link;
  }
  return { shorter, ending };
}

/** Where the edge of a unit stands, or would stand. */
function edgeOf(edges: Int32Array, node: number, unit: number): number {
  const last = edges.length / EDGE - 1;
  const mixed = Math.imul(Math.imul(node, 0x10001) ^ unit, 0x9e3779b1);
  for (let at = (mixed ^ (mixed >>> 15)) & last; ; at = (at + 1) & last) {
    const edge = at * EDGE;
    if (edges[edge + 2] === 0 || (edges[edge] === node && edges[edge + 1] === unit)) return edge;
  }
}

type Edges = Pick<Trie, "edges" | "roots">;

/** The node below by a unit; the root where there is none. */
function below({ edges, roots }: Edges, node: number, unit: number): number {
  // Most texts end here.
  if (node === 0 && unit < ROOTS) return roots[unit] as number;
  return edges[edgeOf(edges, node, unit) + 2] as number;
}

/** The node of the longest text that goes on with a unit, of those that what was read ends with. */
function follow(tree: Edges, shorter: Int32Array, from: number, unit: number): number {
  let node = from;
  for (;;) {
    const next = below(tree, node, unit);
    if (next !== 0 || node === 0) return next;
    node = shorter[node] as number;
  }
}

/** The number of the longest of the texts that this one begins with, or 0. */
export function longestPrefix(text: string, trie: Trie): number {
  const { values } = trie;
  let found = values[0] as number;
  let node = 0;
  for (let at = 0; at < text.length; at++) {
    node = below(trie, node, text.charCodeAt(at));
    if (node === 0) break;
    found = (values[node] as number) || found;
  }
  return found;
}

/** The same from the end, of texts that are written from their last unit to their first. */
export function longestSuffix(text: string, trie: Trie): number {
  const { values } = trie;
  let found = values[0] as number;
  let node = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    node = below(trie, node, text.charCodeAt(at));
    if (node === 0) break;
    found = (values[node] as number) || found;
  }
  return found;
}

/** In longer texts parts are not looked for: they are rare, and what asks for parts is asked as it is. */
export const LONGEST_SEARCHED = 256;

/**
 * The class of a text by the texts that it holds; where they are several, how many, less than 0. It cannot be told where
 * they are more than there is room for.
 */
export function classOfParts(text: string, trie: Trie, several: Int32Array): number {
  const { values, shorter, ending } = trie;
  if (text.length > LONGEST_SEARCHED) return UNSURE;
  let count = 0;
  let node = 0;
  for (let at = 0; at < text.length; at++) {
    node = follow(trie, shorter, node, text.charCodeAt(at));
    for (let end = values[node] === 0 ? (ending[node] as number) : node; end !== 0; end = ending[end] as number) {
      const each = FIRST + (values[end] as number);
      if (isAmong(each, several, count)) continue;
      if (count === several.length) return UNSURE;
      several[count++] = each;
    }
  }
  if (count > 1) return -count;
  return count === 1 ? (several[0] as number) : FIRST;
}

function isAmong(each: number, several: Int32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (several[i] === each) return true;
  return false;
}
