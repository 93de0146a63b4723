import { cellOf } from "../text/width.ts";
import { type Doc, isDocs } from "./doc.ts";

/** Columns of a line, as wide as a terminal shows them; what has no place to break may pass it. */
export const WIDTH = 100;
const STEP = 2;

/** How many columns a text of one line takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += cellOf(character).width;
  return width;
}

interface Frame {
  readonly doc: Doc;
  readonly indent: number;
  /** Whether the group around it is on one line. */
  readonly flat: boolean;
}

/**
 * Lays a document out. Each group looks ahead no further than one line is wide, so the time is linear in the text.
 * `lineEnd` stands between lines; line breaks inside of raw text stay as they are.
 */
export function print(doc: Doc, lineEnd: string): string {
  const out = new Output(lineEnd);
  const stack: Frame[] = [{ doc, indent: 0, flat: false }];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { doc: part, indent, flat } = frame;
    if (typeof part === "string") out.write(part);
    else if (isDocs(part)) for (let i = part.length - 1; i >= 0; i--) stack.push({ ...frame, doc: part[i] as Doc });
    else {
      switch (part.kind) {
        case "space":
          out.space();
          break;
        case "line":
          if (!flat) out.newline(indent);
          else if (!part.soft) out.space();
          break;
        case "newline":
          out.newline(indent);
          if (part.blank) out.blank();
          break;
        case "indent":
          stack.push({ doc: part.doc, indent: indent + STEP, flat });
          break;
        case "group":
          stack.push({ doc: part.doc, indent, flat: flat || fits(part.doc, WIDTH - out.column, stack) });
          break;
        case "loner":
          out.loner(part.text, indent);
          break;
        case "raw":
          out.write(part.text);
          break;
        case "comment":
          out.comment(part.text, part.own, indent);
      }
    }
  }
  return out.end();
}

/** The text so far, and what is owed before more of it: a blank, a line break, an empty line. */
class Output {
  readonly #lineEnd: string;
  readonly #pieces: string[] = [];
  /** Columns of the line so far; 0 at its start. */
  #written = 0;
  /** Columns that stay empty at the start of the line. */
  #indent = 0;
  #spaced = false;
  #blank = false;

  constructor(lineEnd: string) {
    this.#lineEnd = lineEnd;
  }

  /** Where text that is written now would start. */
  get column(): number {
    return this.#written === 0 ? this.#indent : this.#written + (this.#spaced ? 1 : 0);
  }

  write(text: string): void {
    if (text === "") return;
    if (this.#written === 0) {
      if (this.#blank && this.#pieces.length > 0) this.#pieces.push(this.#lineEnd);
      this.#pieces.push(" ".repeat(this.#indent));
      this.#written = this.#indent;
    } else if (this.#spaced) {
      this.#pieces.push(" ");
      this.#written++;
    }
    this.#spaced = false;
    this.#blank = false;
    this.#pieces.push(text);
    const last = text.lastIndexOf("\n");
    const written = last === -1 ? this.#written + widthOf(text) : widthOf(text.slice(last + 1));
    // Text that takes no columns is still text on this line.
    this.#written = Math.max(1, written);
  }

  space(): void {
    this.#spaced = this.#written > 0;
  }

  /** Ends the line, unless it is empty; the next begins at `indent`. */
  newline(indent: number): void {
    if (this.#written > 0) this.#pieces.push(this.#lineEnd);
    this.#written = 0;
    this.#spaced = false;
    this.#indent = indent;
  }

  loner(text: string, indent: number): void {
    const first = this.#written === 0;
    this.write(text);
    if (first) this.newline(indent);
  }

  /** A comment ends its line; what follows is set in, unless it has a place to begin a line. */
  comment(text: string, own: boolean, indent: number): void {
    const first = own || this.#written === 0;
    if (first) this.newline(indent);
    else this.space();
    this.write(text);
    this.newline(first ? indent : indent + STEP);
  }

  /** Leaves an empty line above what is written next. */
  blank(): void {
    this.#blank = true;
  }

  end(): string {
    this.newline(0);
    return this.#pieces.join("");
  }
}

/** A part of a document that is looked at from `next` on. */
interface Ahead {
  readonly docs: readonly Doc[];
  next: number;
  readonly flat: boolean;
}

/** Whether a group on one line, with what follows up to the next place to break, takes at most `room` columns. */
function fits(doc: Doc, room: number, after: readonly Frame[]): boolean {
  const ahead: Ahead[] = [{ docs: [doc], next: 0, flat: true }];
  let rest = after.length;
  let left = room;
  // A comment behind other text ends its line: only at the very end of the group can it do so.
  let ended = false;
  while (left >= 0) {
    const top = ahead.at(-1);
    if (top === undefined) {
      const frame = ended ? undefined : after[--rest];
      if (frame === undefined) return true;
      ahead.push({ docs: [frame.doc], next: 0, flat: frame.flat });
      continue;
    }
    const part = top.docs[top.next++];
    if (part === undefined) ahead.pop();
    else if (typeof part === "string") {
      if (ended) return false;
      left -= widthOf(part);
    } else if (isDocs(part)) ahead.push({ docs: part, next: 0, flat: top.flat });
    else {
      switch (part.kind) {
        case "indent":
        case "group":
          ahead.push({ docs: [part.doc], next: 0, flat: top.flat });
          break;
        case "loner":
          if (ended) return false;
          left -= widthOf(part.text);
          break;
        case "space":
          left--;
          break;
        case "line":
          if (!top.flat) return true;
          if (!part.soft) left--;
          break;
        case "newline":
          return rest < after.length;
        case "raw": {
          if (ended) return false;
          const end = part.text.indexOf("\n");
          if (end !== -1) return widthOf(part.text.slice(0, end)) <= left;
          left -= widthOf(part.text);
          break;
        }
        case "comment":
          if (rest < after.length) return true;
          if (part.own) return false;
          ended = true;
      }
    }
  }
  return false;
}
