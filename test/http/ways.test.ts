import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { pathToFileURL } from "node:url";
import { RequestScanner } from "../../src/http/scan.ts";
import { eventScanner } from "../../src/types/scan.ts";
import { rngOf } from "../random.ts";
import { type Rooms, type Tally, tryChanges, tryMembers, tryNumbers, tryTexts, tryTurns } from "./ways.ts";

const SOUND: Rooms = { RequestScanner, eventScanner };

/** What the scanner takes of a trial is a small part of it, but never next to nothing. */
function bites({ held, taken }: Tally, least: number): void {
  assert.ok(taken >= least && taken < held, `${taken} of ${held} taken`);
}

suite("what is read from bytes is what is parsed", () => {
  test("whatever one byte of a request is changed to", () => bites(tryChanges(SOUND), 1_000));
  test("whatever stands beside or instead of a member", () => bites(tryMembers(SOUND), 20));
  test("for every number of a few pieces", () => bites(tryNumbers(SOUND, 5), 5_000));
  test("for every text of a few pieces", () => bites(tryTexts(SOUND, 3), 1_000));
  test("for random requests of several types in turn", () => {
    const seed = Date.now() % 1_000_000_000;
    const sum: Tally = { held: 0, taken: 0 };
    for (let number = 0; number < 120; number++) {
      try {
        const { held, taken } = tryTurns(SOUND, rngOf(seed + number), 40);
        sum.held += held;
        sum.taken += taken;
      } catch (error) {
        throw new Error(`seed ${seed + number}`, { cause: error });
      }
    }
    bites(sum, 1_000);
  });
});

/*
 * These trials have teeth: each of these bugs, planted in a copy of the source, must be seen by one of them. A bug whose
 * place is gone from the source fails too, so that the list stays true.
 */
interface Bug {
  readonly bug: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const BUGS: readonly Bug[] = [
  { bug: "a field may come twice", file: "types/scan.ts", from: " || this.#met[index] === round", to: "" },
  { bug: "a required field may be null", file: "types/scan.ts", from: "if (needed || !says(page, at, \"null\"))", to: "if (!says(page, at, \"null\"))" },
  { bug: "a required field may be left out", file: "types/scan.ts", from: "return required === 0 && this.#common.members", to: "return this.#common.members" },
  { bug: "an empty event is whole", file: "types/scan.ts", from: "return required === 0 ? at + 1 : GIVEN_UP", to: "return at + 1" },
  { bug: "nothing stands between members", file: "types/scan.ts", from: "if (next !== COMMA) return GIVEN_UP;\n      at = afterSpace(page, at + 1);", to: "at = next === COMMA ? afterSpace(page, at + 1) : at;" },
  { bug: "a name is told by its first four bytes", file: "types/scan.ts", from: "page.word(from + (this.#lengths[index] as number) - 4) === words[last]", to: "true" },
  { bug: "a name is told by its last four bytes", file: "types/scan.ts", from: "if (page.word(at) !== words[i]) return false;", to: "" },
  { bug: "a type is not held against that of its event", file: "http/scan.ts", from: " || scanned.event.schema.name !== type", to: "" },
  { bug: "bytes may follow", file: "http/scan.ts", from: " || !isBlank(bytes, at)", to: "" },
  { bug: "white space is whatever is small", file: "http/scan.ts", from: "if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false;", to: "if ((byte as number) > 0x20) return false;" },
  { bug: "`explain` is the other way round", file: "http/scan.ts", from: "draft.explain = this.#value[0] as boolean", to: "draft.explain = this.#value[0] !== true" },
  { bug: "an event may come twice", file: "http/scan.ts", from: "draft.scanned === null && says(page, from, EVENT)", to: "says(page, from, EVENT)" },
  { bug: "bytes of the body before are read on", file: "types/page.ts", from: "this.bytes[bytes.length] = 0;", to: "" },
  { bug: "control characters stand for themselves", file: "types/scanners.ts", from: "(byte >= SPACE && byte < 0x80", to: "(byte >= 0x1f && byte < 0x80" },
  { bug: "quotes among four bytes are plain", file: "types/scanners.ts", from: " | ((word ^ 0x22222222) - 0x01010101)", to: "" },
  { bug: "backslashes among four bytes are plain", file: "types/scanners.ts", from: " | ((word ^ 0x5c5c5c5c) - 0x01010101)", to: "" },
  { bug: "control characters among four bytes are plain", file: "types/scanners.ts", from: "(word - 0x20202020) | ", to: "" },
  { bug: "what is no UTF-8 is taken", file: "types/scanners.ts", from: "if (!isUtf8(part)) return GIVEN_UP;", to: "" },
  { bug: "halves of characters are taken", file: "types/scanners.ts", from: "return text.isWellFormed() ? text : null;", to: "return text;" },
  { bug: "escapes stand for themselves", file: "types/scanners.ts", from: "    escapes = true;\n    end += 1;", to: "    end += 1;" },
  { bug: "a text may go on beyond the end", file: "types/scanners.ts", from: "if (byte === undefined || byte < SPACE) return GIVEN_UP;", to: "if (byte === undefined) return GIVEN_UP;" },
  { bug: "numbers may begin with zeros", file: "types/scanners.ts", from: "if (at > start + 1 && bytes[start] === ZERO) return GIVEN_UP;", to: "" },
  { bug: "a number may end in a point", file: "types/scanners.ts", from: "if (places === 0) return GIVEN_UP;", to: "" },
  { bug: "numbers of many digits are rounded twice", file: "types/scanners.ts", from: "const EXACT_DIGITS = 15;", to: "const EXACT_DIGITS = 20;" },
  { bug: "what is beyond a double is infinite", file: "types/scanners.ts", from: "if (!Number.isFinite(value)) return GIVEN_UP;", to: "if (Number.isNaN(value)) return GIVEN_UP;" },
  { bug: "exponents are left to what comes next", file: "types/scanners.ts", from: "if (next === 0x65 || next === 0x45) return otherNumber(page, from, target, index);", to: "if (next === 0x65 || next === 0x45) return otherNumber(page, at + 1, target, index);" },
  { bug: "a minus is forgotten", file: "types/scanners.ts", from: "target[index] = negative ? 0 - value : value;", to: "target[index] = value;" },
  { bug: "there are two zeros", file: "types/scanners.ts", from: "target[index] = negative ? 0 - value : value;", to: "target[index] = negative ? -value : value;" },
  { bug: "there are two zeros with exponents", file: "types/scanners.ts", from: "target[index] = value + 0;", to: "target[index] = value;" },
  { bug: "a name of a map may come twice", file: "types/scanners.ts", from: "if (entries.has(name) || ", to: "if (" },
  { bug: "names of a map may be numbers", file: "types/scanners.ts", from: "|prototype|\\d.*)$/", to: "|prototype)$/" },
  { bug: "a map may have what no object has", file: "types/scanners.ts", from: "/^(?:__proto__|", to: "/^(?:" },
  { bug: "a pair may have one name twice", file: "types/scanners.ts", from: "place === -1 || pair[place] !== undefined", to: "place === -1" },
  { bug: "a place may be beyond the poles", file: "types/scanners.ts", from: "Math.abs(lat as number) <= 90", to: "Math.abs(lat as number) <= 91" },
  { bug: "an amount may be of any currency", file: "types/scanners.ts", from: "(currency !== null && money.currency !== currency)", to: "false" },
  { bug: "a list may end in a comma", file: "types/scanners.ts", from: "at = part(at);", to: "if (page.bytes[at] === close) return at + 1;\n    at = part(at);" },
  { bug: "the upper end of a range is open to all", file: "types/scanners.ts", from: " && compareValues(value, range.high) <= 0", to: "" },
  { bug: "a text is told by its length and ends", file: "types/seen.ts", from: "if (page.word(at) !== this.#words[i]) return false;", to: "" },
  { bug: "short texts are told with what follows them", file: "types/seen.ts", from: "known.length === length && this.#first[place] === first", to: "this.#first[place] === first" },
];

const SOURCE = join(import.meta.dirname, "../../src");
const COPIED = ["http/scan.ts", "types/scan.ts", "types/scanners.ts", "types/seen.ts", "types/page.ts"];
const folder = mkdtempSync(join(tmpdir(), "sluice-ways-"));
after(() => rmSync(folder, { recursive: true }));

/** Copies the scanners with one bug planted, beside each other under names that begin with `number`. */
async function planted(number: number, { file, from, to }: Bug): Promise<Rooms> {
  const nameOf = (each: string): string => `${number}-${each.replace("/", "-")}`;
  for (const each of COPIED) {
    let text = readFileSync(join(SOURCE, each), "utf8");
    if (each === file) {
      assert.ok(text.includes(from), `\`${from}\` is not in ${file}`);
      text = text.replaceAll(from, () => to);
    }
    text = text.replaceAll(/ from "(\.[^"]+)"/g, (_, path: string) => {
      const absolute = join(SOURCE, each, "..", path);
      const copied = COPIED.find((other) => join(SOURCE, other) === absolute);
      return ` from "${copied === undefined ? pathToFileURL(absolute).href : `./${nameOf(copied)}`}"`;
    });
    writeFileSync(join(folder, nameOf(each)), text);
  }
  const at = (each: string): string => pathToFileURL(join(folder, nameOf(each))).href;
  const [http, types] = (await Promise.all([import(at("http/scan.ts")), import(at("types/scan.ts"))])) as [Pick<Rooms, "RequestScanner">, Pick<Rooms, "eventScanner">];
  return { RequestScanner: http.RequestScanner, eventScanner: types.eventScanner };
}

/** Seeds are fixed, so that it is always seen or never. */
const TRIALS: Readonly<Record<string, (rooms: Rooms) => unknown>> = {
  numbers: (rooms) => tryNumbers(rooms, 4),
  texts: (rooms) => tryTexts(rooms, 2),
  members: (rooms) => tryMembers(rooms),
  turns: (rooms) => Array.from({ length: 60 }, (_, number) => tryTurns(rooms, rngOf(number + 1), 40)),
  changes: (rooms) => tryChanges(rooms),
};

suite("a broken scanner is found", () => {
  for (const [number, bug] of BUGS.entries()) {
    test(bug.bug, async (t) => {
      const rooms = await planted(number, bug);
      for (const [name, trial] of Object.entries(TRIALS)) {
        try {
          trial(rooms);
        } catch {
          t.diagnostic(`seen by the ${name}`);
          return;
        }
      }
      assert.fail("no trial has seen it");
    });
  }
});
