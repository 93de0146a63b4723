import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { minorDigits } from "../../src/types/currency.ts";
import { addMoney, compareMoney, divideMoney, MAX_MINOR, parseAmount, parseMoney, printAmount, printMoney, ratioMoney, scaleMoney, subtractMoney } from "../../src/types/money.ts";
import { Missing, type Money } from "../../src/types/value.ts";

/** The sum of nothing. */
const NOTHING: Money = { minor: 0, currency: "" };

function usd(minor: number): Money {
  return { minor, currency: "USD" };
}

const minor = fc.maxSafeInteger();
const currency = fc.constantFrom("USD", "JPY", "KWD", "CLF");

/** Major units by BigInt, the way one writes it by hand. */
function byHand(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const size = value < 0n ? -value : value;
  const fraction = digits === 0 ? "" : `.${(size % scale).toString().padStart(digits, "0")}`;
  return `${value < 0n ? "-" : ""}${size / scale}${fraction}`;
}

suite("amounts are exact", () => {
  test("text to minor units and back, against BigInt", () => {
    fc.assert(
      fc.property(minor, currency, (value, code) => {
        const digits = minorDigits(code) ?? 0;
        const text = byHand(BigInt(value), digits);
        assert.deepEqual(parseAmount(text, code), { minor: value === 0 ? 0 : value, currency: code });
        assert.equal(printAmount({ minor: value, currency: code }), text);
        assert.deepEqual(parseMoney(`${text} ${code}`), parseMoney(`${text}${code}`));
      }),
    );
  });
  test("sums and differences, against BigInt", () => {
    fc.assert(
      fc.property(minor, minor, (a, b) => {
        for (const [result, exact] of [[addMoney(usd(a), usd(b)), BigInt(a) + BigInt(b)], [subtractMoney(usd(a), usd(b)), BigInt(a) - BigInt(b)]] as const) {
          if (exact > BigInt(MAX_MINOR) || exact < -BigInt(MAX_MINOR)) assert.ok(result instanceof Missing);
          else assert.equal(BigInt((result as Money).minor), exact);
        }
      }),
    );
  });
  test("the tenth that binary fractions get wrong", () => {
    assert.deepEqual(addMoney(parseMoney("0.10 USD") as Money, parseMoney("0.20 USD") as Money), parseMoney("0.30 USD"));
    assert.deepEqual(scaleMoney(usd(1_000), 1.1), usd(1_100));
    assert.deepEqual(scaleMoney(usd(11_000), 0.35), usd(3_850));
    assert.deepEqual(divideMoney(scaleMoney(usd(100), 3) as Money, 3), usd(100));
  });
  test("the largest amount, and one minor unit more", () => {
    assert.deepEqual(parseMoney("90071992547409.91 USD"), usd(MAX_MINOR));
    assert.equal(typeof parseMoney("90071992547409.92 USD"), "string");
    assert.equal(typeof parseMoney("999999999999999 USD"), "string");
    assert.ok(addMoney(usd(MAX_MINOR), usd(1)) instanceof Missing);
    assert.ok(scaleMoney(usd(MAX_MINOR), 2) instanceof Missing);
  });
  test("a fraction of a minor unit is kept and shown", () => {
    assert.deepEqual(divideMoney(usd(100), 3), usd(33.333333));
    assert.equal(printAmount(usd(250.5)), "2.505");
    assert.equal(printAmount(usd(-0.5)), "-0.005");
  });
});

test("digits of every currency are those of ISO 4217 as the platform has them", () => {
  // The platform knows what is used in cash; in ISO 4217 these still have their hundredths, and the dinar its thousandths.
  const cashOnly = "AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER".split(" ");
  const known = Intl.supportedValuesOf("currency").filter((code) => minorDigits(code) !== undefined);
  assert.ok(known.length > 150, `only ${known.length} known`);
  const other = known.filter((code) => new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions().maximumFractionDigits !== minorDigits(code));
  assert.deepEqual(other.toSorted(), cashOnly);
  assert.deepEqual(cashOnly.map(minorDigits), cashOnly.map((code) => (code === "IQD" ? 3 : 2)));
});

test("what is no amount is refused with a reason", () => {
  for (const text of ["", "USD", "1.2.3 USD", "1,00 USD", "1e3 USD", "- 1 USD", "1 usd", "1 XYZ", "0.001 USD", "1.5 JPY", "١ USD", "1 USD ", "0x10 USD", "NaN USD", `${"9".repeat(400)} USD`]) {
    assert.equal(typeof parseMoney(text), "string", text);
  }
  assert.deepEqual(parseMoney("1.500 USD"), usd(150));
  assert.deepEqual(parseMoney("-0 USD"), usd(0));
  assert.ok(Object.is((parseMoney("-0 USD") as Money).minor, 0));
});

test("currencies do not mix, and the sum of nothing fits each", () => {
  const eur: Money = { minor: 100, currency: "EUR" };
  for (const run of [addMoney, subtractMoney, compareMoney, ratioMoney]) {
    assert.ok(run(usd(100), eur) instanceof Missing);
    assert.ok(!(run(NOTHING, eur) instanceof Missing));
  }
  assert.deepEqual(addMoney(NOTHING, eur), eur);
  assert.equal(compareMoney(NOTHING, usd(0)), 0);
  assert.equal(printMoney(NOTHING), "0");
  assert.equal(ratioMoney(usd(300), usd(200)), 1.5);
  assert.ok(ratioMoney(eur, NOTHING) instanceof Missing);
  assert.ok(divideMoney(eur, 0) instanceof Missing);
});
