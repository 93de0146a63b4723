import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MAX_MINOR, parseMoney, printMoney } from "../../src/types/money.ts";
import { converter, exchange, parseDecimal, rateBetween, tableOf, type Rate } from "../../src/types/rates.ts";
import { Missing, type Money } from "../../src/types/value.ts";
import { rngOf } from "../random.ts";

function rate(text: string): Rate {
  const [base = "", quote = "", figure = ""] = text.split(" ");
  const parsed = parseDecimal(figure);
  assert.ok(parsed !== undefined);
  return { base, quote, ...parsed };
}

function money(text: string): Money {
  const read = parseMoney(text);
  if (typeof read === "string") assert.fail(read);
  return read;
}

/** Euro foreign exchange reference rates of the European Central Bank, 30 December 2016 and 29 December 2017. */
const ECB = [
  { from: Date.UTC(2016, 11, 30), table: tableOf(["EUR USD 1.0541", "EUR JPY 123.40", "EUR GBP 0.85618", "EUR CHF 1.0739"].map(rate)) },
  { from: Date.UTC(2017, 11, 29), table: tableOf(["EUR USD 1.1993", "EUR JPY 135.01", "EUR GBP 0.88723", "EUR CHF 1.1702"].map(rate)) },
];
const convert = converter("ecb", ECB);

function shown(text: string, to: string, at: number | null): string {
  const result = convert(money(text), to, at);
  return result instanceof Missing ? `missing: ${result.cause}` : printMoney(result);
}

suite("published rates", () => {
  const late = Date.UTC(2018, 0, 1);
  for (const [amount, to, at, expected] of [
    ["100.00 EUR", "USD", late, "119.93 USD"],
    ["100.00 EUR", "USD", Date.UTC(2017, 11, 29), "119.93 USD"],
    ["100.00 EUR", "USD", Date.UTC(2017, 11, 29) - 1, "105.41 USD"],
    ["100.00 EUR", "USD", null, "119.93 USD"],
    ["100.00 EUR", "USD", Date.UTC(2016, 11, 30) - 1, "missing: no edition of ecb at that time"],
    // 119.93 / 1.1993, and 5 / 1.1993 = 4.169...
    ["119.93 USD", "EUR", late, "100.00 EUR"],
    ["5.00 USD", "EUR", late, "4.17 EUR"],
    // By way of the euro: 100 / 0.88723 * 1.1993 = 135.173...
    ["100.00 GBP", "USD", late, "135.17 USD"],
    ["1000 JPY", "CHF", late, "8.67 CHF"],
    ["100.00 CHF", "JPY", late, "11537 JPY"],
    ["100.00 USD", "USD", 0, "100.00 USD"],
    ["100.00 USD", "SEK", late, "missing: no rate from USD to SEK in ecb"],
    ["100.00 SEK", "USD", late, "missing: no rate from SEK to USD in ecb"],
    ["-100.00 EUR", "USD", late, "-119.93 USD"],
  ] as const) {
    test(`${amount} in ${to} at ${at === null ? "the newest" : new Date(at).toISOString()}`, () => assert.equal(shown(amount, to, at), expected));
  }
});

suite("rounding", () => {
  const half = rateBetween(tableOf([rate("EUR USD 0.5")]), "EUR", "USD");
  assert.ok(half !== undefined);
  test("halves go to the even minor unit, on both sides of zero", () => {
    for (const [minor, expected] of [[1, 0], [3, 2], [5, 2], [7, 4], [-1, 0], [-3, -2], [-5, -2]] as const) {
      assert.equal((exchange({ minor, currency: "EUR" }, "USD", half) as Money).minor, expected, `${minor}`);
    }
  });
  test("is to the minor unit of the target", () => {
    const kuwait = tableOf([rate("KWD JPY 500"), rate("KWD USD 3.25")]);
    assert.deepEqual(exchange(money("0.001 KWD"), "JPY", rateBetween(kuwait, "KWD", "JPY") as never), { minor: 0, currency: "JPY" }, "0.5 of a yen is even as 0");
    assert.deepEqual(exchange(money("0.003 KWD"), "JPY", rateBetween(kuwait, "KWD", "JPY") as never), { minor: 2, currency: "JPY" });
    assert.deepEqual(exchange(money("1 JPY"), "KWD", rateBetween(kuwait, "JPY", "KWD") as never), { minor: 2, currency: "KWD" });
  });
  test("an amount with a fraction of a minor unit counts with it", () => {
    assert.deepEqual(exchange({ minor: 1.5, currency: "EUR" }, "EUR", { numerator: 1n, denominator: 1n }), { minor: 2, currency: "EUR" });
    assert.deepEqual(exchange({ minor: 1.6, currency: "EUR" }, "USD", { numerator: 10n, denominator: 1n }), { minor: 16, currency: "USD" });
  });
  test("beyond what amounts can hold there is none", () => {
    assert.ok(exchange({ minor: MAX_MINOR, currency: "EUR" }, "USD", { numerator: 2n, denominator: 1n }) instanceof Missing);
  });
  test("no binary noise: what is exactly a half is one", () => {
    // 1.005 * 100.00 = 100.50 and 1.015 * 1.00 = 1.015, which doubles hold as a little less.
    const table = tableOf([rate("EUR USD 1.015")]);
    assert.deepEqual(exchange(money("1.00 EUR"), "USD", rateBetween(table, "EUR", "USD") as never), { minor: 102, currency: "USD" });
  });
});

test("a rate that is given counts before one turned round, and those before a way by a third currency", () => {
  const both = tableOf([rate("USD EUR 0.8"), rate("EUR USD 1.5"), rate("EUR GBP 2"), rate("GBP USD 3")]);
  assert.deepEqual(rateBetween(both, "EUR", "USD"), parseDecimal("1.5"));
  assert.deepEqual(rateBetween(both, "USD", "EUR"), parseDecimal("0.8"));
  const turned = tableOf([rate("EUR USD 1.5"), rate("USD EUR 0.8")]);
  assert.deepEqual([rateBetween(turned, "EUR", "USD"), rateBetween(turned, "USD", "EUR")], [parseDecimal("1.5"), parseDecimal("0.8")]);
  assert.equal(rateBetween(tableOf([rate("EUR USD 2"), rate("USD GBP 2"), rate("GBP JPY 2")]), "EUR", "JPY"), undefined, "by way of two others");
});

test("the nothing of no currency is nothing in each", () => {
  assert.deepEqual(convert({ minor: 0, currency: "" }, "JPY", 0), { minor: 0, currency: "JPY" });
});

test("random amounts: never off by more than half a minor unit, and there and back within what rounding took", () => {
  const seed = Number(process.env["SEED"] ?? 7);
  const rng = rngOf(seed);
  for (let run = 0; run < 5_000; run++) {
    const figure = `${1 + rng.below(400)}.${rng.below(100_000)}`;
    const minor = rng.below(2_000_000) - 1_000_000;
    const there = exchange({ minor, currency: "EUR" }, "USD", rateBetween(tableOf([rate(`EUR USD ${figure}`)]), "EUR", "USD") as never);
    assert.ok(!(there instanceof Missing));
    assert.ok(Number.isInteger(there.minor) && Math.abs(there.minor - minor * Number(figure)) <= 0.5 + 1e-6, `seed ${seed}: ${minor} at ${figure}`);
    const back = exchange(there, "EUR", rateBetween(tableOf([rate(`EUR USD ${figure}`)]), "USD", "EUR") as never);
    assert.ok(!(back instanceof Missing) && Math.abs(back.minor - minor) <= 1, `seed ${seed}: ${minor} at ${figure}`);
  }
});

test("decimals are read exactly, and nothing else is", () => {
  assert.deepEqual(parseDecimal("1.0832"), { numerator: 10_832n, denominator: 10_000n });
  assert.deepEqual(parseDecimal("-0.5"), { numerator: -5n, denominator: 10n });
  for (const text of ["", ".", "1.", ".5", "1e3", "1,5", "0x1", "1".repeat(21), "NaN", " 1"]) assert.equal(parseDecimal(text), undefined, text);
});
