import { createHash } from "node:crypto";
import type { Code } from "../text/codes.ts";
import type { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import type { Listed, Refused, RulesReader } from "./reader.ts";

/** A rule file of more than 4 MiB (some 20,000 rules) was not written by a person and is not read by one. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** A list file: a million entries of 30 bytes. */
export const MAX_LIST_BYTES = 32 * 1024 * 1024;

/** All files together, so that a build has an upper bound of memory. */
export const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

/** A file that is listed and then gone was renamed in between; a second look finds the new state of the folder. */
const READ_ATTEMPTS = 3;

/** Hex digits of a version: 64 bits, which no two versions of one folder will share by chance. */
const VERSION_DIGITS = 16;

export interface RawFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly text: string;
}

const CODES: Readonly<Record<Refused, Code>> = {
  missing: "RSK0502",
  unreadable: "RSK0502",
  outside: "RSK0506",
  large: "RSK0504",
};

const HELP: Readonly<Record<Refused, string>> = {
  missing: "put the file there, or take the link away",
  unreadable: "let the user that runs sluice read it",
  outside: "copy the file into the rules folder",
  large: "split it into several files, or keep long lists in list files",
};

/** Stands for a file, or with "." for the folder, as a whole. */
function whole(file: string): Span {
  return { file, start: 0, end: 0 };
}

/**
 * The files of one rules folder as one pass found them. Reading reports what is wrong and goes on with the rest;
 * the total is bounded over rule files and list files together.
 */
export class Folder {
  readonly #reader: RulesReader;
  readonly #report: Report;
  readonly #rules = new Map<string, RawFile>();
  readonly #lists = new Map<string, RawFile>();
  /** What could not be read, in short, so that a change of that is a change of the content. */
  readonly #problems: string[] = [];
  #rulesIncomplete = false;
  #total = 0;
  #full = false;

  constructor(reader: RulesReader, report: Report) {
    this.#reader = reader;
    this.#report = report;
  }

  /** Rule files by path. */
  get rules(): ReadonlyMap<string, RawFile> {
    return this.#rules;
  }

  /** List files that were asked for, by path. */
  get lists(): ReadonlyMap<string, RawFile> {
    return this.#lists;
  }

  /** Whether a rule file that should be there is not: then checking the others would only find what follows from it. */
  get incomplete(): boolean {
    return this.#rules.size === 0 || this.#rulesIncomplete;
  }

  sources(): readonly SourceFile[] {
    return [...this.#rules.values()].map(({ path, text }) => ({ path, text }));
  }

  /** Reads every rule file. */
  readRules(): void {
    const listed = this.#list();
    if (listed !== null) {
      for (const { path, why, detail } of listed.refused) this.#refuse(path, why, detail, whole(path));
      if (listed.exceeded !== null) this.#tooLarge(listed.exceeded, "point at the folder that holds the rule files and little else");
      else if (listed.paths.length === 0 && listed.refused.length === 0) {
        const help = "rule files end in `.risk`";
        this.#problem("RSK0507", whole("."), `there are no rule files in \`${this.#reader.name}\``, help);
      }
    }
    this.#rulesIncomplete = this.#problems.length > 0;
  }

  /** Reads one more rule file, which a file names at `span`; false when there is none at that path. */
  readImport(path: string, span: Span): boolean {
    return this.#rules.has(path) || this.#keep(this.#rules, path, MAX_FILE_BYTES, span, true);
  }

  /** Reads one list file, which a rule file names at `span`; false when there is none at that path. */
  readList(path: string, span: Span): boolean {
    return this.#lists.has(path) || this.#keep(this.#lists, path, MAX_LIST_BYTES, span, true);
  }

  /** The content hash of all files read: what the set is called everywhere. */
  version(): string {
    return hashFiles([...this.#rules.values(), ...this.#lists.values()]);
  }

  rulesFingerprint(): string {
    return [hashFiles([...this.#rules.values()]), ...this.#problems].join("\n");
  }

  fingerprint(): string {
    return [this.version(), ...this.#problems].join("\n");
  }

  #list(): Listed | null {
    for (let attempt = 1; ; attempt++) {
      const listing = this.#reader.list();
      if ("error" in listing) {
        const message = `the rules folder \`${this.#reader.name}\` cannot be read: ${listing.error}`;
        this.#problem("RSK0501", whole("."), message, "give a folder of `.risk` files that can be read");
        return null;
      }
      this.#rules.clear();
      this.#total = 0;
      const last = attempt === READ_ATTEMPTS;
      if (listing.exceeded !== null || this.#readAll(listing.paths, last)) return listing;
    }
  }

  /** False when a file has vanished since it was listed and another look may find why. */
  #readAll(paths: readonly string[], last: boolean): boolean {
    for (const path of paths) {
      const kept = this.#keep(this.#rules, path, MAX_FILE_BYTES, whole(path), !last);
      if (!kept && !last) return false;
    }
    return true;
  }

  /** Reads into `files`. False when there is no such file and `quiet`; every other failure is reported and counts as found. */
  #keep(files: Map<string, RawFile>, path: string, limit: number, span: Span, quiet: boolean): boolean {
    const result = this.#reader.read(path, limit);
    if (result.kind === "refused") {
      if (result.why === "missing" && quiet) return false;
      this.#refuse(path, result.why, result.detail, span);
      return true;
    }
    this.#total += result.bytes.length;
    if (this.#total > MAX_TOTAL_BYTES) {
      this.#overflow();
      return true;
    }
    const text = decode(result.bytes);
    if (text !== null) files.set(path, { path, bytes: result.bytes, text });
    else {
      const message = `\`${path}\` is not UTF-8 text`;
      this.#problem("RSK0503", span, message, "save the file with the encoding UTF-8", hashFiles([{ path, bytes: result.bytes }]));
    }
    return true;
  }

  #overflow(): void {
    if (this.#full) return;
    this.#full = true;
    this.#tooLarge(`over ${MAX_TOTAL_BYTES / (1024 * 1024)} MiB in all`, "keep long lists as managed lists");
  }

  #tooLarge(detail: string, help: string): void {
    this.#problem("RSK0505", whole("."), `the rules folder \`${this.#reader.name}\` is too large: ${detail}`, help);
  }

  #refuse(path: string, why: Refused, detail: string, span: Span): void {
    this.#problem(CODES[why], span, `\`${path}\` cannot be read: ${detail}`, HELP[why]);
  }

  #problem(code: Code, span: Span, message: string, help: string, content = ""): void {
    this.#report.add(code, span, message, { help });
    this.#problems.push(`${code} ${message} ${content}`);
  }
}

/** Undefined bytes are refused rather than replaced: a replaced letter in a list entry would never match. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The first digits of the SHA-256 over path, length and bytes of each file, by path. */
export function hashFiles(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): string {
  const hash = createHash("sha256");
  for (const { path, bytes } of files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex").slice(0, VERSION_DIGITS);
}
