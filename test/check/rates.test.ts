import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MAX_RATES } from "../../src/check/rates.ts";
import { checkFiles } from "../../src/check/check.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";
import { findings } from "./texts.ts";

suite("rates in a rule file", () => {
  test("are editions in order of time", () => {
    assert.deepEqual(findings("rates ecb { from 2026-11-01 { 1 EUR = 1.0832 USD, 1 EUR = 0.8611 GBP, 100 JPY = 0.6 EUR } from 2026-11-02T00:00:00Z { 1 EUR = 1.09 USD } }"), []);
  });
  for (const [text, code, at] of [
    ["rates r { from 2026-11-02 { 1 EUR = 1 USD } from 2026-11-01 { 1 EUR = 1 USD } }", "RSK0452", "2026-11-01"],
    ["rates r { from 2026-11-02 { 1 EUR = 1 USD } from 2026-11-02 { 1 EUR = 1 USD } }", "RSK0452", "2026-11-02"],
    ["rates r { from 2026-11-31 { 1 EUR = 1 USD } }", "RSK0208", "2026-11-31"],
    ["rates r { from 2026-11-01 { 1 EUR = 0 USD } }", "RSK0451", "1 EUR = 0 USD"],
    ["rates r { from 2026-11-01 { 0 EUR = 1 USD } }", "RSK0451", "0 EUR = 1 USD"],
    ["rates r { from 2026-11-01 { 1 EUR = 1 EUR } }", "RSK0451", "1 EUR = 1 EUR"],
    ["rates r { from 2026-11-01 { 1 EUR = 1 XXQ } }", "RSK0451", "1 EUR = 1 XXQ"],
    ["rates r { from 2026-11-01 { 1 EUR = 2 USD, 1 EUR = 3 USD } }", "RSK0451", "1 EUR = 3 USD"],
    ["rates r { }", "RSK0451", "{ }"],
    ['rates r from "none.csv"', "RSK0306", '"none.csv"'],
  ] as const) {
    test(text, () => assert.deepEqual(findings(text), [[code, at]]));
  }
});

function file(text: string): readonly string[] {
  const report = new Report();
  const rules = parseFile({ path: "rules.risk", text: 'rates r from "r.csv"' }, report);
  const { rates } = checkFiles([rules], new Map([["r.csv", text]]), report);
  const found = report.sorted().map(({ code, message }) => `${code} ${message}`);
  return found.length > 0 ? found : (rates[0]?.editions ?? []).map(({ from, rates: all }) => `${new Date(from).toISOString().slice(0, 10)} ${all.length}`);
}

suite("a rate file", () => {
  test("has a line for each rate; lines of one date are one edition", () => {
    assert.deepEqual(file("date,base,quote,rate\n# reference rates\n2026-11-01,EUR,USD,1.0832\r\n2026-11-01, EUR, GBP, 0.8611\n\n2026-11-02,EUR,USD,1.09\n"), ["2026-11-01 2", "2026-11-02 1"]);
  });
  for (const [line, expected] of [
    ["2026-11-01,EUR,USD", "RSK0451 r.csv:2: `2026-11-01,EUR,USD` is not a date, two currencies and a rate"],
    ["yesterday,EUR,USD,1", "RSK0451 r.csv:2: `yesterday,EUR,USD,1` is not a date, two currencies and a rate"],
    ["2026-11-05,EUR,USD,-1", "RSK0451 r.csv:2: a rate is above 0"],
    ["2026-11-05,EUR,USD,0.00", "RSK0451 r.csv:2: a rate is above 0"],
    ["2026-11-05,EUR,USD,1e3", "RSK0451 r.csv:2: a rate is digits with an optional point, at most 20 on either side of it"],
    ["2026-11-05,EUR,ZZZ,1", "RSK0451 r.csv:2: `ZZZ` is not an ISO 4217 currency code"],
    ["2026-11-05,EUR,EUR,1", "RSK0451 r.csv:2: a rate is between two currencies, both are EUR"],
    ["2026-11-01,EUR,USD,1", "RSK0451 r.csv:2: the rate from EUR to USD is given twice in this edition"],
    ["2026-10-31,EUR,USD,1", "RSK0452 r.csv:2: 2026-10-31 stands after 2026-11-01T00:00:00Z, which is later"],
  ] as const) {
    test(line, () => assert.deepEqual(file(`2026-11-01,EUR,USD,1.0832\n${line}\n2026-01-01,also,bad`), [expected]));
  }
  test("without a rate is a mistake", () => assert.deepEqual(file("# none\n"), ["RSK0451 r.csv has no rates"]));
  test("has at most so many rates", () => {
    const days = (count: number): string => Array.from({ length: count }, (_, day) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)},EUR,USD,1`).join("\n");
    const many = `${Array.from({ length: 5 }, () => "# a comment is no rate").join("\n")}\n${days(100)}`;
    assert.equal(file(many).length, 100);
    const codes = ["USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF"];
    const lines = Array.from({ length: MAX_RATES + 1 }, (_, number) => `${new Date(Math.floor(number / codes.length) * 86_400_000).toISOString().slice(0, 10)},EUR,${codes[number % codes.length]},1`).join("\n");
    assert.deepEqual(file(lines), [`RSK0415 r.csv has more than ${MAX_RATES} rates`]);
  });
});

function condition(text: string, rates = "rates ecb { from 2026-11-01 { 1 EUR = 1.0832 USD, 1 EUR = 0.8611 GBP } }"): ReturnType<typeof findings> {
  return findings(`${rates}
  event e { at: timestamp @time any: money yen: money[JPY] pounds: money[GBP] n: number }
  feature large = count of e over 1h where convert(any, USD) > 1_000 USD
  function dollars(m: money): money[USD] = convert(m, USD)
  ruleset r on e { outcomes a < b\n rule one { when ${text} then b } }`);
}

suite("convert", () => {
  const two = "rates ecb { from 2026-11-01 { 1 EUR = 1.0832 USD } }\nrates own { from 2026-11-01 { 1 EUR = 1.1 USD } }";
  for (const text of ["convert(any, USD) > 5 USD", "any.convert(USD) > 5 USD", "convert(pounds, USD) > 5 USD", "convert(any, USD, ecb) > 5 USD", "convert(any, USD) + 1 USD > dollars(any)", "sqrt(convert(any, USD) / 1 USD) > large"]) {
    test(text, () => assert.deepEqual(condition(text), []));
  }
  for (const [text, code, at] of [
    ["convert(any, USD) > 5 EUR", "RSK0205", "5 EUR"],
    ["convert(n, USD) > 5 USD", "RSK0211", "n"],
    ["convert(any) > 5 USD", "RSK0212", "convert"],
    ["convert(any, usd) > 5 USD", "RSK0454", "usd"],
    ["convert(any, 'USD') > 5 USD", "RSK0454", "'USD'"],
    ["convert(any, any) > 5 USD", "RSK0454", "any"],
    ["convert(any, USD, eccb) > 5 USD", "RSK0453", "eccb"],
    ["convert(any, USD, 5) > 5 USD", "RSK0453", "5"],
    ["convert(yen, USD) > 5 USD", "RSK0455", "convert(yen, USD)"],
    ["convert(any, USD, ecb, 1) > 5 USD", "RSK0212", "convert"],
    ["ecb > 5", "RSK0219", "ecb"],
  ] as const) {
    test(text, () => assert.deepEqual(condition(text), [[code, at]]));
  }
  test("asks which of several rates, and for some where there are none", () => {
    const bare = (rates: string, call: string): ReturnType<typeof findings> => findings(`${rates}\nfunction f(m: money): money[USD] = ${call}`);
    assert.deepEqual(bare(two, "convert(m, USD)"), [["RSK0453", "convert"]]);
    assert.deepEqual(bare(two, "convert(m, USD, own)"), []);
    assert.deepEqual(bare("", "convert(m, USD)"), [["RSK0453", "convert"]]);
  });
  test("rates of another file need an import to be named, and none to be the only ones", () => {
    const check = (text: string, more = ""): readonly string[] => {
      const report = new Report();
      const files = [["rates.risk", `rates ecb { from 2026-11-01 { 1 EUR = 1.0832 USD } }\n${more}`], ["rules.risk", text]] as const;
      checkFiles(files.map(([path, source]) => parseFile({ path, text: source }, report)), new Map(), report);
      return report.sorted().map(({ code }) => code);
    };
    assert.deepEqual(check("function f(m: money): money[USD] = convert(m, USD)"), []);
    assert.deepEqual(check("function f(m: money): money[USD] = convert(m, USD, ecb)"), ["RSK0302"]);
    assert.deepEqual(check('import ecb from "rates.risk"\nfunction f(m: money): money[USD] = convert(m, USD, ecb)'), []);
  });
});
