import { randomUUID } from "node:crypto";
import { checkAgain, checkWhole, type Surroundings } from "../check/check.ts";
import type { Checked, RulesetInfo } from "../check/checked.ts";
import type { SourceCode } from "../compile/link.ts";
import type { RulesetCode } from "../compile/rulesets.ts";
import type { ProgramIr, RulesetIr } from "../ir/ir.ts";
import { type AllOrigins, KnownIr } from "../ir/known.ts";
import { lowerAgain } from "../ir/lower.ts";
import { type Packing, packRules } from "../ir/pack.ts";
import { withMatching } from "../match/build.ts";
import { KnownIndex } from "../match/known.ts";
import type { Decl, RuleFile } from "../syntax/ast.ts";
import { parseFile } from "../syntax/parse.ts";
import { Places } from "../syntax/places.ts";
import { type ReadFile, reread } from "../syntax/reread.ts";
import { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";

/**
 * Folders with more text than this are built anew each time: what is remembered of one of them, some fifty times its text,
 * and a build beside it would not both be within the memory of a worker.
 */
export const MAX_REMEMBERED = 6 * 1024 * 1024;

interface Sound extends Surroundings {
  /** Files in which something else than rulesets, tests and imports stands, and those that list files name. */
  readonly files: ReadonlyMap<string, RuleFile>;
  readonly data: ReadonlyMap<string, string>;
  /** Length of all files. */
  readonly chars: number;
}

/**
 * What a thread that builds one folder over and over remembers of the last build: trees of files, of which it reads again
 * what a change touches, and all that came of rules and rulesets, as long as everything that they build on is the same.
 * What is built with it is the same as without. The trees of an earlier build may move by the next.
 */
export class Memory {
  #trees = new Map<string, ReadFile>();
  readonly #places = new Places();
  #sound: Sound | null = null;
  #rulesets: readonly RulesetInfo[] = [];
  #lowered = new KnownIr();
  #indexed = new WeakMap<RulesetIr, RulesetIr>();
  #shared = new WeakMap<RulesetIr, RulesetCode>();
  readonly #texts = new Map<string, { readonly text: string; readonly code: SourceCode }>();
  readonly #packed = new Map<string, Packing>();
  readonly #indexes = new Map<string, KnownIndex>();
  /** Characters of rules that were checked since the folder was, whose tables are kept. */
  #checked = 0;
  #surroundings = randomUUID();
  readonly #more: number;

  /** @param more with no more rules and rows than this a folder is checked as a whole: who looks for warnings must know all of it */
  constructor(more = 0) {
    this.#more = more;
  }

  /** The tree of a file; only one without findings is remembered. */
  parse(source: SourceFile, report: Report): RuleFile {
    const { path, text } = source;
    const known = this.#trees.get(path);
    if (known?.text === text) return known.file;
    const before = report.size;
    const file = (known === undefined ? null : reread(known, source, this.#places)) ?? parseFile({ path, text }, report);
    if (report.size === before) this.#trees.set(path, { text, file });
    else this.#trees.delete(path);
    return file;
  }

  check(files: readonly RuleFile[], data: ReadonlyMap<string, string>, report: Report): Checked {
    const sound = this.#sound;
    if (sound !== null && report.size === 0 && this.#checked <= sound.chars && isSurrounded(sound, files, data)) {
      // What it finds is found again, in its order, by the check of the whole.
      const trial = new Report();
      const checked = checkAgain(sound, this.#rulesets, files, trial);
      if (checked !== null && trial.size === 0 && rulesIn(checked) > this.#more) {
        this.#remember(checked);
        return checked;
      }
    }
    this.forget();
    return this.#whole(files, data, report);
  }

  #whole(files: readonly RuleFile[], data: ReadonlyMap<string, string>, report: Report): Checked {
    this.#surroundings = randomUUID();
    const whole = checkWhole(files, data, report);
    const { checked } = whole;
    const chars = files.reduce((sum, { span }) => sum + span.end, 0);
    if (report.size === 0 && chars <= MAX_REMEMBERED) {
      this.#sound = { ...whole, files: new Map(files.map((file) => [file.path, file])), data: new Map(data), chars };
      this.#remember(checked);
      this.#checked = 0;
    } else if (chars > MAX_REMEMBERED) this.#trees.clear();
    return checked;
  }

  #remember({ rulesets }: Checked): void {
    const known = new Set(this.#rulesets);
    const rules = new Set(this.#rulesets.flatMap((ruleset) => ruleset.rules));
    for (const ruleset of rulesets) {
      if (known.has(ruleset)) continue;
      for (const rule of ruleset.rules) if (!rules.has(rule)) this.#checked += rule.span.end - rule.span.start;
    }
    this.#rulesets = rulesets;
    const paths = new Set(this.#sound?.files.keys());
    for (const path of this.#trees.keys()) if (!paths.has(path)) this.#trees.delete(path);
  }

  /** The program of what was checked last. */
  lower(checked: Checked, version: string, sources: readonly SourceFile[]): { readonly ir: ProgramIr; readonly origins: AllOrigins } {
    const lowered = lowerAgain(checked, version, sources, this.#lowered);
    checked.tables.sink();
    return lowered;
  }

  index(ir: ProgramIr): ProgramIr {
    return { ...ir, rulesets: ir.rulesets.map((ruleset) => kept(this.#indexed, ruleset, () => withMatching({ ...ir, rulesets: [ruleset] }, {}, (name) => this.#indexOf(name)).rulesets[0] as RulesetIr)) };
  }

  #indexOf(ruleset: string): KnownIndex {
    const known = this.#indexes.get(ruleset) ?? new KnownIndex();
    this.#indexes.set(ruleset, known);
    return known;
  }

  /** The same for programs of the same lists, rates, features and events. */
  get surroundings(): string {
    return this.#surroundings;
  }

  /** What threads share of a ruleset, with a key of its own. */
  share(ruleset: RulesetIr, make: (rules: Packing) => RulesetCode): RulesetCode {
    return kept(this.#shared, ruleset, () => {
      const packing = packRules(ruleset.rules, this.#packed.get(ruleset.name));
      this.#packed.set(ruleset.name, packing);
      return { ...make(packing), key: randomUUID() };
    });
  }

  /** The same of the text of a file. */
  shareSource({ path, text }: SourceFile, make: () => SourceCode): SourceCode {
    const known = this.#texts.get(path);
    if (known?.text === text) return known.code;
    const code = { ...make(), key: randomUUID() };
    this.#texts.set(path, { text, code });
    return code;
  }

  /** Everything but the trees of files. */
  forget(): void {
    this.#sound = null;
    this.#rulesets = [];
    this.#lowered = new KnownIr();
    this.#packed.clear();
    this.#texts.clear();
    this.#indexes.clear();
  }
}

function kept<K extends WeakKey, V>(map: WeakMap<K, V>, key: K, make: () => V): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}

function rulesIn({ rulesets }: Checked): number {
  return rulesets.reduce((sum, { rules }) => sum + rules.length, 0);
}

/** Whether nothing differs but rulesets, tests and imports. */
function isSurrounded({ files: before, data: dataBefore }: Sound, files: readonly RuleFile[], data: ReadonlyMap<string, string>): boolean {
  if (files.length !== before.size || data.size !== dataBefore.size) return false;
  if ([...data].some(([path, text]) => dataBefore.get(path) !== text)) return false;
  const paths = [...before.keys()];
  return files.every((file, i) => {
    const was = before.get(file.path);
    return paths[i] === file.path && was !== undefined && (was === file || isSame(outer(file), outer(was)));
  });
}

/** Nodes that moved are others. */
function outer({ decls }: RuleFile): readonly Decl[] {
  return decls.filter((decl) => !isInner(decl));
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

function isInner({ kind }: Decl): boolean {
  return kind === "Ruleset" || kind === "Test" || kind === "Import";
}
