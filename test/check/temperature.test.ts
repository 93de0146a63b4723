import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { findings } from "./texts.ts";

function condition(text: string): ReturnType<typeof findings> {
  return findings(`event reading {
    at: timestamp @time
    device: string @key
    temperature: number[degC]
    outside: number[degC]
    heat: number[degF]
    cold: number[K]
    power: number[kW]
    hours: number[h]
    energy: number[kWh]
    speed: number[m/s]
    seconds: number[s]
    length: number[metre]
    share: number[%]
    part: number
  }
  feature usual = average of reading.temperature by device over 1h
  feature spread = stddev of reading.temperature by device over 1h
  feature climb = change of reading.temperature by device over 1h
  feature pace = rate of reading.temperature by device over 1h
  feature busy = rate of reading by device over 1h
  feature low = min of reading.temperature by device over 1h
  feature start = first of reading.temperature by device over 1h
  feature stay = change of reading.at by device over 1h
  function warmer(rise: number[K], than: number[degC]): bool = rise > 5K and than > 5degC
  ruleset checks on reading {
    outcomes ok < alarm
    let rise = temperature - outside
    rule one { when ${text} then alarm }
  }`);
}

suite("temperatures are points, their differences are not", () => {
  for (const text of [
    "temperature > 85degC",
    "temperature in 15degC..20degC",
    "temperature in [15degC, -20degC]",
    "rise > 15degC",
    "15degC < rise",
    "-15degC > rise",
    "rise < -15degC",
    "rise in 10degC..20degC",
    "rise in [10degC, -3degC]",
    "rise > 15K",
    "rise == climb and spread < 2degC and usual > 40degC and low < usual and start.value < low",
    "temperature - usual > 3 * spread",
    "temperature > usual + 3 * spread",
    "temperature > rise + usual",
    "temperature + 5degC > usual",
    "temperature - 5degC > usual",
    "5degC + temperature > usual",
    "85degC - temperature > rise",
    "temperature - 20degC > rise",
    "rise < temperature - 20degC",
    "temperature > 85degC + rise",
    "temperature > 20degC + 5degC",
    "rise > 20degC + 5degC",
    "rise * 2 > 30degC",
    "(temperature - 20degC) * 2 > 30degC",
    "rise / 2 > 2 * 5degC",
    "-rise > 5degC",
    "rise / climb > 2",
    "rise / 1h > 0.1degC/s",
    "pace > 0.1degC/s",
    "busy > 2Hz",
    "stay > 5m",
    "cold * 2 > cold + cold",
    "temperature + 5K > 20degC",
    "abs(rise) > 5degC",
    "min(rise, 5degC) > coalesce(climb, 0degC)",
    "(part > 1 ? rise : 5degC) > 3degC",
    "round(temperature) > 3degC",
    "warmer(rise, temperature)",
    "warmer(5K, 5degC)",
  ]) {
    test(text, () => assert.deepEqual(condition(text), []));
  }
  for (const [text, code, at] of [
    ["temperature * 2 > 85degC", "RSK0230", "temperature"],
    ["2 * temperature > 85degC", "RSK0230", "temperature"],
    ["temperature / 2 > 85degC", "RSK0230", "temperature"],
    ["temperature / outside > 2", "RSK0230", "temperature"],
    ["temperature % 5degC > 2degC", "RSK0230", "temperature"],
    ["temperature / 1h > 2degC/s", "RSK0230", "temperature"],
    ["temperature * 20% > 2degC", "RSK0230", "temperature"],
    ["temperature + outside > 85degC", "RSK0230", "+"],
    ["-temperature > 85degC", "RSK0230", "temperature"],
    ["rise - temperature > 85degC", "RSK0230", "-"],
    ["temperature > rise", "RSK0204", "rise"],
    ["temperature - heat > 5degC", "RSK0204", "heat"],
    ["rise > 27degF", "RSK0204", "27degF"],
    ["rise > 15", "RSK0204", "15"],
    ["rise + power > 15degC", "RSK0204", "power"],
    ["cold > 85degC", "RSK0204", "85degC"],
    ["temperature > 300K", "RSK0204", "300K"],
    ["abs(temperature) > 5degC", "RSK0211", "abs"],
    ["warmer(temperature, outside)", "RSK0211", "temperature"],
  ] as const) {
    test(text, () => assert.deepEqual(condition(text), [[code, at]]));
  }
  test("a difference is declared by its unit, and only temperatures have one", () => {
    assert.deepEqual(findings("event e { a: number[delta degC] b: number[ delta  degF ] c: list[number[delta K]] d: number[kW*h] e: number[mm / s] }"), []);
    for (const unit of ["delta kW", "detla degC", "delta degc", "delta", "delta mm/s", "degC delta"]) {
      assert.deepEqual(findings(`event e { a: number[${unit}] }`), [["RSK0206", unit]]);
    }
  });
  test("they have an average and no sum", () => {
    assert.deepEqual(findings("event e { t: number[degC] } feature f = sum of e.t over 1h"), [["RSK0408", "t"]]);
  });
});

suite("units of products and quotients", () => {
  for (const text of [
    "power * hours > energy",
    "power * hours > 5kWh",
    "energy / hours > power",
    "speed * seconds > length",
    "speed * 1h > length",
    "length / seconds > speed",
    "length / length > 2",
    "speed * speed > speed * speed",
    "length * length / length > 3metre",
    "length / speed > seconds",
    "share / 20% > 2",
  ]) {
    test(text, () => assert.deepEqual(condition(text), []));
  }
  for (const [text, at] of [["power * hours > speed", "speed"], ["length / speed > speed", "speed"], ["share > 0.2", "0.2"], ["part > 20%", "20%"], ["speed > 3", "3"]] as const) {
    test(text, () => assert.deepEqual(condition(text), [["RSK0204", at]]));
  }
});
