import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { MAX_COMPARED, MAX_CORNERS, MAX_ITEMS, MAX_TEXT } from "../../src/types/functions/limits.ts";
import { implementation } from "../../src/types/functions/table.ts";
import { Missing, type Geo, type Value } from "../../src/types/value.ts";

function run(name: string, ...args: readonly Value[]): Value | Missing {
  const implemented = implementation(name);
  assert.ok(implemented, name);
  return implemented(...args);
}

function isMissing(name: string, ...args: readonly Value[]): void {
  assert.ok(run(name, ...args) instanceof Missing, `${name}(${inspect(args).slice(0, 60)})`);
}

suite("published values", () => {
  const cases: readonly (readonly [name: string, args: readonly Value[], value: Value])[] = [
    // Winkler's own and the Wikipedia article's.
    ["jaro_winkler", ["MARTHA", "MARHTA"], 0.9611], ["jaro_winkler", ["DWAYNE", "DUANE"], 0.84], ["jaro_winkler", ["DIXON", "DICKSONX"], 0.8133], ["jaro_winkler", ["", ""], 1], ["jaro_winkler", ["a", ""], 0],
    ["levenshtein", ["kitten", "sitting"], 3], ["levenshtein", ["saturday", "sunday"], 3], ["levenshtein", ["", "abc"], 3], ["levenshtein", ["😀a", "a"], 1],
    ["damerau", ["CA", "ABC"], 2], ["damerau", ["a cat", "an abct"], 3], ["damerau", ["", "abc"], 3],
    // The National Archives of the United States.
    ["soundex", ["Washington"], "W252"], ["soundex", ["Lee"], "L000"], ["soundex", ["Gutierrez"], "G362"], ["soundex", ["Pfister"], "P236"], ["soundex", ["Jackson"], "J250"], ["soundex", ["Tymczak"], "T522"],
    ["soundex", ["VanDeusen"], "V532"], ["soundex", ["Ashcraft"], "A261"], ["soundex", ["Robert"], "R163"], ["soundex", ["Honeyman"], "H555"],
    // Test numbers of the card schemes.
    ["luhn", ["4242424242424242"], true], ["luhn", ["5555555555554444"], true], ["luhn", ["378282246310005"], true], ["luhn", ["6011111111111117"], true], ["luhn", ["4242424242424241"], false], ["luhn", ["0"], false], ["luhn", ["42x"], false],
    ["card_scheme", ["4242424242424242"], "visa"], ["card_scheme", ["5555555555554444"], "mastercard"], ["card_scheme", ["2223003122003222"], "mastercard"], ["card_scheme", ["378282246310005"], "amex"], ["card_scheme", ["6011111111111117"], "discover"],
    ["card_scheme", ["3056930009020004"], "diners"], ["card_scheme", ["3566002020360505"], "jcb"], ["card_scheme", ["6200000000000005"], "unionpay"], ["card_scheme", ["9999999999999999"], "other"],
    // The registry of ISO 13616.
    ...["BE68 5390 0754 7034", "FR14 2004 1010 0505 0001 3M02 606", "DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19", "NO93 8601 1117 947", "MT84 MALT 0110 0001 2345 MTLC AST0 01S", "sa03 8000 0000 6080 1016 7519"].map((iban) => ["iban_valid", [iban], true] as const),
    ...["BE68 5390 0754 7035", "DE89 3704 0044 0532 0130", "XX89 3704 0044 0532 0130 00", "", "DE"].map((iban) => ["iban_valid", [iban], false] as const),
    // FIPS 180.
    ["sha256", ["abc"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"], ["sha256", [""], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["entropy", [""], 0], ["entropy", ["aabb"], 1],
  ];
  for (const [name, args, value] of cases) {
    test(`${name}(${inspect(args)})`, () => {
      const found = run(name, ...args);
      assert.equal(typeof found === "number" ? Math.round(found * 1e4) / 1e4 : found, value);
    });
  }
});

suite("limits", () => {
  test(`texts of more than ${MAX_COMPARED} code points are not compared letter by letter`, () => {
    for (const name of ["levenshtein", "damerau", "similarity", "jaro_winkler"]) {
      assert.equal(typeof run(name, "😀".repeat(MAX_COMPARED), "x".repeat(MAX_COMPARED)), "number");
      isMissing(name, "x", "x".repeat(MAX_COMPARED + 1));
      isMissing(name, "x".repeat(MAX_COMPARED + 1), "x");
    }
  });
  test(`a text that is made has at most ${MAX_TEXT} units`, () => {
    const half = "x".repeat(MAX_TEXT / 2);
    assert.equal((run("string.add", half, half) as string).length, MAX_TEXT);
    isMissing("string.add", half, `${half}x`);
    assert.equal((run("join", [half, half], "") as string).length, MAX_TEXT);
    isMissing("join", [half, half], "-");
    assert.equal((run("replace", "ab", "b", half.slice(1)) as string).length, MAX_TEXT / 2);
    isMissing("replace", half, "x", "xyz");
  });
  test(`a list that is made has at most ${MAX_ITEMS} items`, () => {
    const half = Array.from({ length: MAX_ITEMS / 2 }, () => 1);
    assert.equal((run("list.add", half, half) as readonly Value[]).length, MAX_ITEMS);
    isMissing("list.add", half, [...half, 1]);
  });
  test(`a polygon has 3 to ${MAX_CORNERS} corners`, () => {
    const ring = (corners: number): readonly Geo[] => Array.from({ length: corners }, (_, i) => ({ lat: 10 * Math.sin((2 * Math.PI * i) / corners), lon: 10 * Math.cos((2 * Math.PI * i) / corners) }));
    assert.equal(run("in_polygon", { lat: 0, lon: 0 }, ring(MAX_CORNERS)), true);
    isMissing("in_polygon", { lat: 0, lon: 0 }, ring(MAX_CORNERS + 1));
    isMissing("in_polygon", { lat: 0, lon: 0 }, ring(2));
  });
  test("long text from an event takes no long time", () => {
    const long = "a1 ".repeat(300_000);
    const start = performance.now();
    for (const name of ["luhn", "iban_valid", "iban_country", "card_scheme", "phone_e164", "email_mailbox", "email_domain", "normalize", "soundex", "entropy", "int", "double", "trim", "reverse", "upperAscii", "sha256"]) run(name, long);
    for (const name of ["indexOf", "lastIndexOf", "split"]) run(name, long, "1 a");
    assert.ok(performance.now() - start < 3_000, `${performance.now() - start} ms`);
  });
});

suite("properties", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "😀"), maxLength: 7 });
  test("distances of text are distances", () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        for (const name of ["levenshtein", "damerau"]) {
          const distance = (x: string, y: string): number => run(name, x, y) as number;
          assert.equal(distance(a, b), distance(b, a));
          assert.equal(distance(a, b) === 0, a === b);
          assert.ok(distance(a, c) <= distance(a, b) + distance(b, c));
        }
        assert.ok((run("damerau", a, b) as number) <= (run("levenshtein", a, b) as number));
        const alike = run("jaro_winkler", a, b) as number;
        assert.ok(alike >= 0 && alike <= 1 && Math.abs(alike - (run("jaro_winkler", b, a) as number)) < 0.2);
        assert.equal(run("jaro_winkler", a, a), 1);
      }),
    );
  });
  test("a part put back is the text", () => {
    fc.assert(
      fc.property(word, word, (text, part) => {
        const at = run("indexOf", text, part) as number;
        const size = run("size", part) as number;
        if (at >= 0) assert.equal(run("substring", text, at, at + size), part);
        else assert.ok(!text.includes(part));
        assert.equal(run("join", run("split", text, part) as Value, part), text);
        assert.equal(run("replace", text, part, part), text);
        assert.equal(run("reverse", run("reverse", text) as string), text);
      }),
    );
  });
  test("buckets are even", () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 5_000; i++) (counts[run("bucket", `customer-${i}`, 10) as number] as number)++;
    // Five standard deviations of a fair split.
    for (const count of counts) assert.ok(Math.abs(count - 500) < 5 * Math.sqrt(450), String(counts));
    for (const count of [0, -1, 1.5, Number.NaN]) isMissing("bucket", "a", count);
  });
  test("a place is in a box exactly when it is in the polygon of its corners", () => {
    const degree = fc.integer({ min: -60, max: 60 });
    fc.assert(
      fc.property(degree, degree, degree, degree, degree, degree, (lat, lon, south, west, north, east) => {
        fc.pre(south < north && west < east && ![south, north].includes(lat) && ![west, east].includes(lon));
        const corners = [{ lat: south, lon: west }, { lat: south, lon: east }, { lat: north, lon: east }, { lat: north, lon: west }];
        const box = run("in_box", { lat, lon }, corners[0] as Geo, corners[2] as Geo);
        assert.equal(run("in_polygon", { lat, lon }, corners), box);
        const turned = (place: Geo): Geo => ({ lat: place.lat, lon: ((place.lon + 180 + 540) % 360) - 180 });
        assert.equal(run("in_polygon", turned({ lat, lon }), corners.map(turned)), box, "across the 180th meridian");
        assert.equal(run("in_box", turned({ lat, lon }), turned(corners[0] as Geo), turned(corners[2] as Geo)), box);
      }),
    );
  });
});

suite("clocks", () => {
  const at = Date.UTC(2026, 2, 29, 1, 30);
  test("the hour that summer time skips", () => {
    // At 01:00 UTC the clock of Berlin goes from 02:00 to 03:00.
    assert.equal(run("getHours", at, "Europe/Berlin"), 3);
    assert.equal(run("time_of_day", at, "Europe/Berlin"), 3.5 * 3_600_000);
    assert.equal(run("start_of", at, "day", "Europe/Berlin"), Date.UTC(2026, 2, 28, 23));
    assert.equal(run("start_of", at, "hour", "Asia/Kathmandu"), Date.UTC(2026, 2, 29, 1, 15));
    assert.equal(run("days_between", Date.UTC(2026, 2, 28, 22, 59), at, "Europe/Berlin"), 1);
  });
  test("no such zone or part", () => {
    for (const zone of ["Mars/Olympus", "", "+25:00", "x".repeat(10_000)]) isMissing("getHours", at, zone);
    isMissing("start_of", at, "century");
    isMissing("start_of", Date.UTC(1, 0, 1) - 62_000_000_000_000, "week");
  });
});
