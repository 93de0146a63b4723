import type { Code } from "./codes.ts";
import type { Diagnostic, Fix } from "./diagnostic.ts";
import type { Span } from "./span.ts";
import { isSlip } from "./suggest.ts";

/** A stretch of a file that could not be read as it stands; the mistake in it is told. */
export interface Damage {
  readonly span: Span;
  /** Offset in it where reading broke off; what stands before may be right. */
  readonly from: number;
  /** Words in it that may be names which it was to give. */
  readonly words: ReadonlySet<string>;
  /** Whether it was to give a name that is not among them. */
  readonly nameless: boolean;
}

/** Findings about a name that is not there, or not as it is used, and which of the names in their message that is. */
const ABSENCES: ReadonlyMap<Code, "first" | "last"> = new Map([
  ["RSK0209", "first"],
  ["RSK0212", "first"],
  ["RSK0213", "last"],
  ["RSK0219", "first"],
  ["RSK0301", "first"],
  ["RSK0302", "first"],
  ["RSK0303", "last"],
  ["RSK0307", "last"],
  ["RSK0308", "first"],
  ["RSK0309", "last"],
  ["RSK0311", "last"],
  ["RSK0312", "first"],
  ["RSK0406", "last"],
  ["RSK0436", "last"],
  ["RSK0801", "last"],
  ["RSK0805", "last"],
  ["RSK0808", "last"],
  ["RSK0809", "last"],
  ["RSK0810", "first"],
]);

/** Among them those in which the name is there, and each place has used it wrongly on its own. */
const MISUSES: ReadonlySet<Code> = new Set(["RSK0212", "RSK0219"]);
/** Those that are one mistake only where they say the same. */
const SAID_ALIKE: ReadonlySet<Code> = new Set(["RSK0209", "RSK0436"]);

/** More places than this are counted and not shown: one finding stays readable. */
const MAX_PLACES = 8;

/**
 * Findings without those that follow from others, so that one mistake is told once: what stands in text that could not be
 * read, names that such text was to give, and a name that is unknown in many places, which is told at the first.
 */
export function withoutCascades(found: readonly Diagnostic[], damages: readonly Damage[]): readonly Diagnostic[] {
  const taken = found.filter(({ code }) => TAKEN.has(code));
  if (damages.length + taken.length === 0) return joined(found);
  const kept = withoutLost(undamaged(found, damages), damages.filter(({ nameless }) => nameless).length, () => true);
  return joined(withoutLost(withoutClashes(kept), taken.length, ({ code }) => !TAKEN.has(code)));
}

/** A declaration with a name that it cannot have, or a word in the place of another: the name that was meant is not known. */
const TAKEN: ReadonlySet<Code> = new Set(["RSK0114", "RSK0304", "RSK0307", "RSK0310", "RSK0401"]);
/** A part that something lacks, which may stand in text that could not be read. */
const LACKS: ReadonlySet<Code> = new Set(["RSK0405", "RSK0416", "RSK0431", "RSK0803", "RSK0811"]);
/** What a test misses in its ruleset, which may be lost whole or in part with a mistake in it. */
const OF_TESTS: ReadonlySet<Code> = new Set(["RSK0801", "RSK0805", "RSK0808", "RSK0809", "RSK0810"]);
/** Habits that the parser reads over: behind a mistake it sees them where none are. */
const HABITS: ReadonlySet<Code> = new Set(["RSK0102", "RSK0103", "RSK0114"]);

function undamaged(found: readonly Diagnostic[], damages: readonly Damage[]): readonly Diagnostic[] {
  const words = new Set(damages.flatMap((each) => [...each.words]));
  const places = Map.groupBy(damages, ({ span }) => span.file);
  const told = new Set(found.filter((each) => !isSemantic(each)).map(({ span }) => `${span.file} ${span.start}`));
  const unread = new Set(found.filter(({ code }) => code === "RSK0101").map(({ span }) => span.file));
  return found.filter((each) => {
    const { file, start, end } = each.span;
    const here = places.get(file) ?? [];
    if (HABITS.has(each.code)) return !unread.has(file) || !here.some(({ from, span }) => from < start && start < span.end);
    // A brace too many, behind a block whose opening brace could not be read.
    if (each.code === "RSK0116") return !unread.has(file) || !here.some(({ from }) => from < start);
    if (!isSemantic(each)) return true;
    if (OF_TESTS.has(each.code) && damages.length > 0) return false;
    if (each.code === "RSK0307" && damages.some(({ span }) => each.message.startsWith(`${span.file} `))) return false;
    const name = absentName(each) ?? (TAKEN.has(each.code) ? firstName(each.message) : undefined);
    if (name !== undefined && words.has(name)) return false;
    if (here.length > 0 && start === end) return false;
    if (each.code === "RSK0404" && here.some(({ span }) => span.start < start)) return false;
    if (LACKS.has(each.code) && here.length > 0) return false;
    return !told.has(`${file} ${start}`) && !here.some(({ span }) => start < span.end && span.start < end);
  });
}

/**
 * Leaves out as many absent names as declarations have lost, those first that are missed most; one that is a
 * slip of the finger away from another is misspelt and not lost.
 */
function withoutLost(found: readonly Diagnostic[], lost: number, counts: (each: Diagnostic) => boolean): readonly Diagnostic[] {
  if (lost === 0) return found;
  const groups = Map.groupBy(found.filter(counts), absentName);
  groups.delete(undefined);
  const missed = [...groups].filter(([name, [first]]) => !first?.fixes.some(({ edits }) => edits.some(({ text }) => isSlip(name ?? "", text)))).toSorted(([, a], [, b]) => b.length - a.length).slice(0, lost);
  const left = new Set(missed.flatMap(([, group]) => group));
  return found.filter((each) => !left.has(each));
}

/** Leaves out types that do not fit where a name stands for two things, of which the wrong one may have been looked at. */
function withoutClashes(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const clashes = found.filter(({ code }) => code === "RSK0304" || code === "RSK0310").map(({ message }) => `\`${firstName(message)}\``);
  if (clashes.length === 0) return found;
  return found.filter(({ code, message }) => !code.startsWith("RSK02") || !clashes.some((name) => message.includes(name)));
}

/** Whether a finding is about what the text means, and not about its form or its file. */
function isSemantic({ code }: Diagnostic): boolean {
  return !code.startsWith("RSK01") && !code.startsWith("RSK05");
}

/** The name that a finding misses. */
function absentName({ code, message }: Diagnostic): string | undefined {
  const which = ABSENCES.get(code);
  if (which === undefined) return undefined;
  return which === "first" ? firstName(message) : message.match(NAMES)?.at(-1);
}

const NAMES = /(?<=`)[A-Za-z_]\w*(?=`)/g;

function firstName(message: string): string | undefined {
  return message.match(NAMES)?.at(0);
}

/** Tells a name that is missing in several places of a file once, at the first of them, and not again where tests ask for it. */
function joined(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const unknown = new Set(found.filter(({ code }) => !OF_TESTS.has(code)).map(absentName));
  const groups = Map.groupBy(
    found.filter((each) => !OF_TESTS.has(each.code) || !unknown.has(absentName(each))),
    (each) => {
      if (OF_TESTS.has(each.code) || SAID_ALIKE.has(each.code)) return `${each.span.file} ${each.message}`;
      const name = MISUSES.has(each.code) ? undefined : absentName(each);
      return name === undefined ? each : `${each.span.file} ${name}`;
    },
  );
  return [...groups.values()].map((group) => (group.length === 1 ? (group[0] as Diagnostic) : joinedGroup(group)));
}

function joinedGroup(group: readonly Diagnostic[]): Diagnostic {
  const [first, ...others] = group.toSorted((a, b) => a.span.start - b.span.start) as [Diagnostic, ...Diagnostic[]];
  const shown = others.slice(0, MAX_PLACES);
  const more = others.length - shown.length;
  return {
    ...first,
    labels: [...first.labels, ...shown.map(({ span }) => ({ span, message: "also here" }))],
    notes: more === 0 ? first.notes : [...first.notes, `and in ${more} more ${more === 1 ? "place" : "places"} of this file`],
    fixes: first.fixes.map((fix) => everywhere(fix, others)),
  };
}

/** A fix of the first place made in all that have the same. */
function everywhere(fix: Fix, others: readonly Diagnostic[]): Fix {
  const same = others.flatMap((each) => each.fixes.filter(({ title }) => title === fix.title));
  const edits = [...fix.edits];
  for (const edit of same.flatMap((each) => each.edits)) {
    const known = edits.some(({ span, text }) => span.file === edit.span.file && span.start === edit.span.start && text === edit.text);
    if (!known) edits.push(edit);
  }
  return { ...fix, edits };
}
