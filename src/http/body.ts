import type { Problem, ProblemCode } from "./problem.ts";
import { problem } from "./problem.ts";

/** The deepest event type needs 4 levels; V8 parses 32 without a measurable cost, thousands in hundreds of milliseconds. */
export const MAX_DEPTH = 32;
/** Ten times the members of a large event; below it the checks of one body stay under a millisecond. */
export const MAX_MEMBERS = 1_000;

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };

/**
 * Parses one JSON text out of a request. Stricter than `JSON.parse`: exact UTF-8, no byte order mark, bounded depth and
 * size, no name twice, no name that reaches a prototype, no number beyond a double, no half characters.
 */
export function parseJson(bytes: Uint8Array): Parsed {
  if (bytes.length === 0) return fail("body_empty", "the body has no bytes");
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return fail("body_byte_order_mark", "the first three bytes are EF BB BF");
  }
  const shape = measure(bytes);
  if (shape.depth > MAX_DEPTH) return fail("json_too_deep", `more than ${MAX_DEPTH} levels at byte ${shape.at}`);
  if (shape.members > MAX_MEMBERS) return fail("json_too_many_members", `more than ${MAX_MEMBERS} members at byte ${shape.at}`);
  const text = shape.plain ? latin1(bytes) : decode(bytes);
  if (text === null) return fail("body_encoding", "the bytes are not well-formed UTF-8");
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    return fail("json_invalid", place(error, text));
  }
  const audit: Audit = { members: 0, plain: shape.plain, wrong: null };
  inspect(value, "", audit);
  if (audit.wrong !== null) return { ok: false, problem: audit.wrong };
  if (audit.members !== shape.members) {
    return fail("json_duplicate_name", `${shape.members - audit.members} of the names stand twice in their object`);
  }
  return { ok: true, value };
}

function fail(code: ProblemCode, detail: string): Parsed {
  return { ok: false, problem: problem(code, detail) };
}

/** Bytes below 128 are their own characters, whatever the encoding. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** The parser quotes the body in its messages; an answer only tells the place. */
function place(error: unknown, text: string): string {
  const at = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  if (at !== undefined) return `unexpected character at position ${at}`;
  return text.trim() === "" ? "there is only white space" : "the text ends too early";
}

interface Shape {
  readonly depth: number;
  readonly members: number;
  /** Whether all bytes are below 128 and no character is escaped, so that every text stands there as it is. */
  readonly plain: boolean;
  /** Where the scan stopped. */
  readonly at: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Counts nesting and members in the bytes, before anything is built. In valid JSON every member has one colon outside
 * of texts; what is not valid JSON fails later in the parser, so a wrong count there does not matter.
 */
function measure(bytes: Uint8Array): Shape {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let at = 0;
  let seen = 0;
  let escaped = false;
  const end = bytes.length;
  while (at < end && deepest <= MAX_DEPTH && members <= MAX_MEMBERS) {
    const byte = bytes[at++] as number;
    if (byte === QUOTE) {
      // Texts of events are short: a search of the platform costs more to begin than this to end.
      for (; at < end; at++) {
        const inside = bytes[at] as number;
        if (inside === QUOTE) break;
        seen |= inside;
        if (inside === BACKSLASH) {
          escaped = true;
          at++;
        }
      }
      at++;
    } else if (byte === COLON) members++;
    else if (byte === 0x7b || byte === 0x5b) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
    else seen |= byte;
  }
  return { depth: deepest, members, plain: !escaped && seen < 0x80, at: Math.min(at, end) };
}

interface Audit {
  members: number;
  /** Whether no text can hold half a character. */
  readonly plain: boolean;
  wrong: Problem | null;
}

/** Walks a parsed value; depth and size are bounded by `measure`. Paths are made only on the way out of a finding. */
function inspect(value: unknown, name: string, audit: Audit): void {
  if (typeof value === "string") {
    if (!audit.plain && !value.isWellFormed()) audit.wrong = problem("json_lone_surrogate", `in \`${printable(name)}\``);
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) audit.wrong = problem("json_number_range", `in \`${printable(name)}\``);
  } else if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      inspect(item, name, audit);
      if (audit.wrong !== null) return;
    }
  } else if (typeof value === "object" && value !== null) {
    inspectObject(value as Readonly<Record<string, unknown>>, name, audit);
  }
}

function inspectObject(value: Readonly<Record<string, unknown>>, parent: string, audit: Audit): void {
  // Nothing that the parser makes inherits a name that is told here.
  for (const name in value) {
    audit.members += 1;
    if (name === "__proto__" || (name === "prototype" && parent === "constructor")) {
      audit.wrong = problem("json_forbidden_name", `\`${name}\` in \`${printable(parent)}\``);
    } else if (!audit.plain && !name.isWellFormed()) {
      audit.wrong = problem("json_lone_surrogate", `in a name in \`${printable(parent)}\``);
    } else {
      const member = value[name];
      if (typeof member !== "string" || !audit.plain) inspect(member, name, audit);
    }
    if (audit.wrong !== null) return;
  }
}

const MAX_NAME_SHOWN = 60;

/** A name from outside, fit to be shown: short, and without half characters. */
function printable(name: string): string {
  return name === "" ? "the body" : name.slice(0, MAX_NAME_SHOWN).toWellFormed();
}
