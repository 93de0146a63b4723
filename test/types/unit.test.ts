import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { haversine } from "../../src/types/functions/place.ts";
import { conversion, convertLiteral, parseUnit, sameDimensions, sameUnit, type Unit } from "../../src/types/unit.ts";

function unit(text: string): Unit {
  const found = parseUnit(text);
  assert.ok(found !== undefined, text);
  return found;
}

/** From NIST SP 811 (2008), appendix B, and the definitions of the units. */
const PUBLISHED: readonly (readonly [number, string, string, number])[] = [
  [1, "mi", "km", 1.609344],
  [1, "ft", "metre", 0.3048],
  [1, "mph", "km/h", 1.609344],
  [1, "mph", "m/s", 0.44704],
  [1, "kn", "km/h", 1.852],
  [1, "km/h", "mm/s", 277.777777778],
  [1, "psi", "kPa", 6.894757],
  [1, "bar", "kPa", 100],
  [1_013.25, "hPa", "bar", 1.01325],
  [1, "kWh", "J", 3_600_000],
  [1, "kW*h", "kWh", 1],
  [60, "rpm", "rpm", 60],
  [1, "t", "kg", 1_000],
  [1, "GB", "MB", 1_000],
  [1, "l", "ml", 1_000],
  [1_500, "mA", "A", 1.5],
  [1, "d", "h", 24],
  [5, "s", "ms", 5_000],
  [0, "degC", "K", 273.15],
  [100, "degC", "degF", 212],
  [-40, "degF", "degC", -40],
  [98.6, "degF", "degC", 37],
  [0, "K", "degC", -273.15],
];

suite("units", () => {
  for (const [value, from, to, expected] of PUBLISHED) {
    test(`${value} ${from} is ${expected} ${to}`, () => {
      assert.ok(sameDimensions(unit(from), unit(to)));
      const { factor, shift } = conversion(unit(from), unit(to));
      assert.ok(Math.abs(value * factor + shift - expected) <= Math.max(1e-6, Math.abs(expected) * 1e-7), `${value * factor + shift}`);
      assert.ok(Math.abs(convertLiteral(value, unit(from), unit(to)) - expected) <= Math.max(1e-6, Math.abs(expected) * 1e-7));
    });
  }
  test("a converted literal shows no noise", () => {
    assert.equal(convertLiteral(5, unit("s"), unit("ms")), 5_000);
    assert.equal(convertLiteral(98.6, unit("degF"), unit("degC")), 37);
  });
  test("units of different things do not convert", () => {
    for (const [a, b] of [["km", "kg"], ["%", "ppm"], ["rpm", "Hz"], ["km/h", "km"], ["V", "A"]] as const) assert.ok(!sameDimensions(unit(a), unit(b)), `${a} ${b}`);
  });
  test("spelling does not matter, scale does", () => {
    assert.ok(sameUnit(unit("W"), unit("J/s")));
    assert.ok(sameUnit(unit("kg*metre/s/s"), unit("N")));
    assert.ok(!sameUnit(unit("km/h"), unit("m/s")));
    assert.ok(!sameUnit(unit("K"), unit("degC")));
    assert.ok(!sameUnit(null, unit("%")));
  });
  test("unknown parts make an unknown unit", () => {
    for (const text of ["", "m", "furlong", "km/", "/h", "km//h", "km/furlong", "__proto__", "constructor"]) assert.equal(parseUnit(text), undefined, text);
  });
});

suite("great-circle distance", () => {
  const near = (actual: number, expected: number, tolerance: number): void => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
  test("published ones, within the half per cent between sphere and ellipsoid", () => {
    // Great Circle Mapper, WGS 84.
    near(haversine({ lat: 40.639_751, lon: -73.778_925 }, { lat: 51.470_6, lon: -0.461_941 }), 5_555, 5_555 * 0.005);
    near(haversine({ lat: -33.946_111, lon: 151.177_222 }, { lat: 33.942_501, lon: -118.407_997 }), 12_061, 12_061 * 0.005);
    near(haversine({ lat: 1.350_19, lon: 103.994_003 }, { lat: 40.639_751, lon: -73.778_925 }), 15_349, 15_349 * 0.005);
  });
  test("exact ones", () => {
    const quarter = (Math.PI / 2) * 6_371.0088;
    near(haversine({ lat: 90, lon: 0 }, { lat: 0, lon: 77 }), quarter, 1e-6);
    near(haversine({ lat: 0, lon: -90 }, { lat: 0, lon: 90 }), 2 * quarter, 1e-6);
    near(haversine({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 }), quarter / 90, 1e-6);
    assert.equal(haversine({ lat: 52.5, lon: 13.4 }, { lat: 52.5, lon: 13.4 }), 0);
  });
});
