/*
 * Documents: text with the places where it may break, after Wadler ("A prettier printer", 2003). A group is put on one line
 * where that fits; where it does not, all of its own lines break, and the groups inside of it are tried one by one.
 */

export type Doc =
  /** Text without a line break. */
  | string
  | readonly Doc[]
  /** A blank, unless the line ends or starts here. */
  | { readonly kind: "space" }
  /** A blank (`soft`: nothing) where its group is on one line, else a new line. */
  | { readonly kind: "line"; readonly soft: boolean }
  /** A new line, unless one has just begun; `blank` leaves an empty line above. */
  | { readonly kind: "newline"; readonly blank: boolean }
  | { readonly kind: "indent"; readonly doc: Doc }
  | { readonly kind: "group"; readonly doc: Doc }
  /** A word that would be read as the start of a clause where it begins a line with more words on it: those go below. */
  | { readonly kind: "loner"; readonly text: string }
  /** Text as the author wrote it, with its line breaks. */
  | { readonly kind: "raw"; readonly text: string }
  /** A comment with a line of its own, or behind what stands on its line; either ends the line. */
  | { readonly kind: "comment"; readonly own: boolean; readonly text: string };

export const space: Doc = { kind: "space" };
export const line: Doc = { kind: "line", soft: false };
export const softline: Doc = { kind: "line", soft: true };
export const newline: Doc = { kind: "newline", blank: false };
export const blank: Doc = { kind: "newline", blank: true };

export function indent(...docs: readonly Doc[]): Doc {
  return { kind: "indent", doc: docs };
}

export function group(...docs: readonly Doc[]): Doc {
  return { kind: "group", doc: docs };
}

/** The document as one line of text; null where it cannot be one, because of a comment or a text over several lines. */
export function flat(doc: Doc): string | null {
  if (typeof doc === "string") return doc;
  if (isDocs(doc)) {
    const parts = doc.map(flat);
    return parts.includes(null) ? null : parts.join("");
  }
  switch (doc.kind) {
    case "loner":
      return doc.text;
    case "space":
      return " ";
    case "line":
      return doc.soft ? "" : " ";
    case "indent":
    case "group":
      return flat(doc.doc);
    default:
      return null;
  }
}

export function isDocs(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}
