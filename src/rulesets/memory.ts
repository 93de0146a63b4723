import { randomUUID } from "node:crypto";
import { checkAgain, checkWhole, type Surroundings } from "../check/check.ts";
import type { Checked, RulesetInfo } from "../check/checked.ts";
import type { RulesetCode } from "../compile/rulesets.ts";
import type { ProgramIr, RulesetIr } from "../ir/ir.ts";
import { AllOrigins, type KnownRulesets, lowerAgain } from "../ir/lower.ts";
import { withMatching } from "../match/build.ts";
import type { Decl, RuleFile, RulesetDecl } from "../syntax/ast.ts";
import { parseFile } from "../syntax/parse.ts";
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
}

/**
 * What a thread that builds one folder over and over remembers of the last build: trees of files whose text is as it was,
 * and of rulesets in such files all that came of them, as long as everything that they build on is the same. What is built
 * with it is the same as without.
 */
export class Memory {
  #trees = new Map<string, { readonly text: string; readonly file: RuleFile }>();
  #sound: Sound | null = null;
  /** Rulesets by the text they were made from: the tree is the same only where that is. */
  #rulesets: ReadonlyMap<RulesetDecl, RulesetInfo> = new Map();
  #lowered: KnownRulesets = new Map();
  #indexed = new WeakMap<RulesetIr, RulesetIr>();
  #shared = new WeakMap<RulesetIr, RulesetCode>();
  /** Whether the last check left out what it knew. */
  #again = false;
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
    const file = parseFile({ path, text }, report);
    if (report.size === before) this.#trees.set(path, { text, file });
    else this.#trees.delete(path);
    return file;
  }

  check(files: readonly RuleFile[], data: ReadonlyMap<string, string>, report: Report): Checked {
    const sound = this.#sound;
    if (sound !== null && report.size === 0 && isSurrounded(sound, files, data)) {
      // What it finds is found again, in its order, by the check of the whole.
      const trial = new Report();
      const checked = checkAgain(sound, this.#rulesets, files, trial);
      if (checked !== null && trial.size === 0 && rulesIn(checked) > this.#more) {
        this.#remember(checked);
        this.#again = true;
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
    this.#again = false;
    const chars = files.reduce((sum, { span }) => sum + span.end, 0);
    if (report.size === 0 && chars <= MAX_REMEMBERED) {
      this.#sound = { ...whole, files: new Map(files.map((file) => [file.path, file])), data: new Map(data) };
      this.#remember(checked);
    } else if (chars > MAX_REMEMBERED) this.#trees.clear();
    return checked;
  }

  #remember({ rulesets }: Checked): void {
    this.#rulesets = new Map(rulesets.map((ruleset) => [ruleset.decl, ruleset]));
    const paths = new Set(this.#sound?.files.keys());
    for (const path of this.#trees.keys()) if (!paths.has(path)) this.#trees.delete(path);
  }

  /** The program of what was checked last; checked as a whole where what is known does not fit. */
  lower(checked: Checked, files: readonly RuleFile[], data: ReadonlyMap<string, string>, version: string, sources: readonly SourceFile[], report: Report): { readonly checked: Checked; readonly ir: ProgramIr; readonly origins: AllOrigins } {
    const origins = new AllOrigins();
    const known = this.#lowered;
    const ir = lowerAgain(checked, version, sources, origins, known, (ruleset) => !this.#again || !known.has(ruleset));
    if (ir !== null) return { checked, ir, origins };
    this.forget();
    return this.lower(this.#whole(files, data, report), files, data, version, sources, report);
  }

  index(ir: ProgramIr): ProgramIr {
    return { ...ir, rulesets: ir.rulesets.map((ruleset) => kept(this.#indexed, ruleset, () => withMatching({ ...ir, rulesets: [ruleset] }).rulesets[0] as RulesetIr)) };
  }

  /** The same for programs of the same lists, rates, features and events. */
  get surroundings(): string {
    return this.#surroundings;
  }

  /** What threads share of a ruleset, with a key of its own. */
  share(ruleset: RulesetIr, make: () => RulesetCode): RulesetCode {
    return kept(this.#shared, ruleset, () => ({ ...make(), key: randomUUID() }));
  }

  /** Everything but the trees of files. */
  forget(): void {
    this.#sound = null;
    this.#rulesets = new Map();
    this.#lowered = new Map();
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
    return paths[i] === file.path && was !== undefined && (was === file || (file.decls.every(isInner) && was.decls.every(isInner)));
  });
}

function isInner({ kind }: Decl): boolean {
  return kind === "Ruleset" || kind === "Test" || kind === "Import";
}
