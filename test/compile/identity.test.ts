import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compile } from "../oracle/pipeline.ts";

interface Parts {
  readonly fields: string;
  readonly list: string;
  readonly before: string;
  readonly feature: string;
}

const BASE: Parts = {
  fields: "at: timestamp @time card: string @key user: string @key amount: money channel: enum(pos, ecom) risk: number = 3",
  list: 'list odd: string = ["a", "b"]',
  before: "function large(m: money): bool = m > 5.00 USD",
  feature: "feature f = sum of e.amount by card, user over 1h ending 5m ago where large(amount) and risk >= 2 and card in odd excluding current",
};

function identity(parts: Partial<Parts>): string {
  const { fields, list, before, feature } = { ...BASE, ...parts };
  const { windows } = compile(`event e { ${fields} }\n${list}\n${before}\n${feature}`);
  return windows.features.find(({ name }) => name !== "other")?.identity ?? "";
}

function feature(from: string, to: string): Partial<Parts> {
  assert.ok(BASE.feature.includes(from), from);
  return { feature: BASE.feature.replace(from, to) };
}

suite("a feature keeps its identity", () => {
  const kept: Readonly<Record<string, Partial<Parts>>> = {
    "under another name": feature("feature f", "feature g"),
    "in another layout": { feature: BASE.feature.replaceAll(" ", "\n  ") },
    "with its clauses in another order": { feature: "feature f = sum of e.amount excluding current where large(amount) and risk >= 2 and card in odd over 1h ending 5m ago by card, user" },
    "with times spelt otherwise": { feature: BASE.feature.replace("1h", "60m").replace("5m", "300s") },
    "when it says how long it waits for late events, as if it said nothing": { feature: `${BASE.feature} lateness 5m` },
    "with `&&` for `and` and brackets": { feature: BASE.feature.replace("large(amount) and risk", "(large(amount)) && (risk").replace(">= 2", ">= 2)") },
    "when its function is written out": feature("large(amount)", "amount > 5.00 USD"),
    "when its function has another name": { before: BASE.before.replace("large", "big"), ...feature("large", "big") },
    "when the event gains a field that it does not use": { fields: `extra: number ${BASE.fields} more: string?` },
    "when the fields are in another order": { fields: "risk: number = 3 amount: money channel: enum(pos, ecom) user: string @key card: string @key at: timestamp @time" },
    "when a field is described or becomes private": { fields: BASE.fields.replace("user: string @key", "/// who\n user: string @key @pii") },
    "when another list or feature is there": { list: `list first: string = ["z"]\n${BASE.list}`, before: `${BASE.before}\nfeature other = count of e by user over 5m` },
    "when the list has another name": { list: BASE.list.replace("odd", "strange"), ...feature("in odd", "in strange") },
  };
  for (const [name, parts] of Object.entries(kept)) test(name, () => assert.equal(identity(parts), identity({})));
});

const RATES = "rates ecb { from 2026-11-01 { 1 EUR = 1.08 USD } }";

suite("what an aggregate is given and rates of exchange", () => {
  const percentile = (percent: number): string => identity({ feature: `feature f = percentile(${percent}) of e.amount by card over 1h` });
  const converted = (rates: string, currency: string): string =>
    identity({ before: rates, feature: `feature f = count of e by card over 1h where convert(amount, ${currency}) > 5.00 ${currency}` });
  test("another percentile is another feature", () => {
    assert.equal(percentile(95), percentile(95));
    assert.notEqual(percentile(95), percentile(90));
  });
  test("an edition more leaves a window as it is, another currency does not", () => {
    assert.equal(converted(RATES, "USD"), converted(RATES.replace("} }", "} from 2026-11-02 { 1 EUR = 1.09 USD } }"), "USD"));
    assert.notEqual(converted(RATES, "USD"), converted(RATES, "EUR"));
    assert.notEqual(converted(RATES, "USD"), converted(RATES.replace("ecb", "own"), "USD"));
  });
});

suite("a feature becomes another", () => {
  const changed: Readonly<Record<string, Partial<Parts>>> = {
    "when it waits longer for late events": { feature: `${BASE.feature} lateness 10m` },
    "with another window": feature("1h", "2h"),
    "with another delay": feature("5m", "6m"),
    "with another aggregate": feature("sum of", "average of"),
    "with another limit in its filter": feature(">= 2", ">= 3"),
    "with another comparison": feature(">=", ">"),
    "without its filter": { feature: BASE.feature.replace(/where .*odd /, "") },
    "with another key": feature("card, user", "card"),
    "with its keys in another order": feature("card, user", "user, card"),
    "when a default in its filter changes": { fields: BASE.fields.replace("= 3", "= 1") },
    "when a list in its filter gains an entry": { list: BASE.list.replace('"b"', '"b", "c"') },
    "when its function means another thing": { before: BASE.before.replace("5.00", "6.00") },
    "when it asks another list": { list: `${BASE.list}\nlist even: string = ["z"]`, ...feature("in odd", "in even") },
    "when a key changes its type": { fields: BASE.fields.replace("user: string", "user: number") },
    "when its value changes its type": { fields: BASE.fields.replace("amount: money", "amount: money[USD]") },
    "when time is told by another field": { fields: BASE.fields.replace("at: timestamp @time", "at: timestamp then: timestamp @time") },
  };
  for (const [name, parts] of Object.entries(changed)) test(name, () => assert.notEqual(identity(parts), identity({})));
  test("when it no longer leaves out the current event, without a delay", () => {
    const without = (text: string): string => identity({ feature: text.replace(" ending 5m ago", "") });
    assert.notEqual(without(BASE.feature), without(BASE.feature.replace(" excluding current", "")));
  });
});
