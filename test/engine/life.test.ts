import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Program } from "../../src/compile/program.ts";
import type { Decision } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { rolloutPoint } from "../../src/engine/rollout.ts";
import { RuleStates } from "../../src/engine/states.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { compile } from "../oracle/pipeline.ts";

const EVENT = `event reading {
  id: string? 
  at: timestamp @time
  device: string @key
  site: string?
  level: number
  extra: number?
}
`;
const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

interface Bench {
  /** Decides a reading so many minutes after the start. */
  readonly read: (minutes: number, fields: Readonly<Record<string, unknown>>) => Decision;
  /** Names of the live hits. */
  readonly hits: (minutes: number, fields: Readonly<Record<string, unknown>>) => readonly string[];
  readonly desk: Desk;
  readonly lists: ManagedLists;
  active: Program;
}

function bench(rules: string, states = new RuleStates()): Bench {
  const windows = new WindowStore();
  const clock = { now: () => START };
  const lists = new ManagedLists(clock);
  const active = rules.includes("event ") ? compile(rules) : compile(`${EVENT}list stopped: string managed ttl 1d\nruleset r on reading {\n outcomes ok < warn < alarm\n${rules}\n}`);
  windows.adopt(active.windows);
  const self: Bench = {
    active,
    lists,
    desk: new Desk({ active: () => self.active, windows, lists, clock, states }),
    read: (minutes, fields) => {
      const event = { device: "d", level: 0, at: new Date(START + minutes * MINUTE).toISOString(), ...fields };
      const answer = self.desk.decide({ type: "reading", event, explain: false, version: null });
      assert.equal(answer.kind, "decided", JSON.stringify(answer));
      return answer.decision;
    },
    hits: (minutes, fields) => (self.read(minutes, fields).decisions["r"]?.rules ?? []).filter((hit) => hit.mode === "live").map((hit) => hit.id),
  };
  return self;
}

suite("a condition that must have held", () => {
  test("matches when it has been true for so long, and begins anew after a false", () => {
    const { hits } = bench("rule hot { when level > 5 for 5m then alarm }");
    assert.deepEqual([0, 2, 4.99].map((at) => hits(at, { level: 9 })), [[], [], []]);
    assert.deepEqual(hits(5, { level: 9 }), ["hot"]);
    assert.deepEqual(hits(6, { level: 1 }), []);
    assert.deepEqual(hits(7, { level: 9 }), []);
    assert.deepEqual(hits(12, { level: 9 }), ["hot"]);
  });

  test("what is missing neither breaks nor matches, and other entities have their own", () => {
    const { hits } = bench("rule hot { when extra > 5 for 5m then alarm }");
    hits(0, { extra: 9 });
    assert.deepEqual(hits(5, {}), []);
    assert.deepEqual(hits(6, { device: "other", extra: 9 }), []);
    assert.deepEqual(hits(6, { extra: 9 }), ["hot"]);
  });

  test("an event that comes late changes nothing", () => {
    const { hits } = bench("rule hot { when level > 5 for 5m then alarm }");
    hits(0, { level: 9 });
    hits(4, { level: 9 });
    assert.deepEqual(hits(2, { level: 1 }), []);
    assert.deepEqual(hits(5, { level: 9 }), ["hot"]);
  });

  test("a match stays until it is cleared", () => {
    const { hits } = bench("rule hot { when level > 8 for 5m clear when level < 3 for 2m then alarm }");
    hits(0, { level: 9 });
    assert.deepEqual(hits(5, { level: 9 }), ["hot"]);
    assert.deepEqual(hits(6, { level: 5 }), ["hot"]);
    assert.deepEqual(hits(7, { level: 1 }), ["hot"]);
    assert.deepEqual(hits(8, { level: 5 }), ["hot"]);
    assert.deepEqual(hits(9, { level: 1 }), ["hot"]);
    assert.deepEqual(hits(11, { level: 1 }), []);
    assert.deepEqual(hits(12, { level: 5 }), []);
  });

  test("without an entity it ends missing", () => {
    const { read } = bench("rule hot { when level > 5 for 5m by site then alarm on missing warn }");
    assert.equal(read(0, { level: 9 }).decisions["r"]?.outcome, "warn");
    assert.equal(read(0, { level: 9, site: "s" }).decisions["r"]?.outcome, "ok");
  });

  test("it stays over a reload under another name, and a rule of the same name elsewhere has its own", () => {
    const states = new RuleStates();
    const one = bench("rule hot { when level > 5 for 5m then alarm }", states);
    one.hits(0, { level: 9 });
    one.active = compile(`${EVENT}ruleset r on reading { outcomes ok < alarm rule renamed { when level > 5 for 5m then alarm was middle, hot } }
      ruleset s on reading { outcomes ok < alarm rule hot { when level > 5 for 5m then alarm } }`);
    const { decisions } = one.read(5, { level: 9 });
    assert.deepEqual(decisions["r"]?.rules.map((hit) => hit.id), ["renamed"]);
    assert.deepEqual(decisions["s"]?.rules, []);
  });

  test("what is known of the entity that was asked longest ago is forgotten at the limit", () => {
    const states = new RuleStates(new WindowStore({ maxStates: 3 }));
    const { hits } = bench("rule hot { when level > 5 for 5m then alarm cooldown 1h }", states);
    for (const device of ["a", "b", "c"]) hits(0, { level: 9, device });
    hits(1, { level: 9, device: "a" });
    hits(1, { level: 9, device: "d" });
    assert.deepEqual(states.size, { held: 3, cooled: 0 });
    assert.deepEqual(hits(5, { level: 9, device: "a" }), ["hot"]);
    assert.deepEqual(hits(5, { level: 9, device: "c" }), ["hot"]);
    assert.deepEqual(hits(5, { level: 9, device: "b" }), []);
    for (const device of ["e", "f", "g", "h"]) states.cool("r/hot/device/", device, START, MINUTE);
    assert.equal(states.size.cooled, 3);
  });
});

suite("the life of a rule", () => {
  test("a cooldown keeps a rule silent for its key, from live matches on", () => {
    const { hits } = bench("rule hot { when level > 5 then alarm cooldown 15m by site }");
    assert.deepEqual(hits(0, { level: 9, site: "s" }), ["hot"]);
    assert.deepEqual(hits(14.99, { level: 9, site: "s", device: "e" }), []);
    assert.deepEqual(hits(14.99, { level: 9, site: "t" }), ["hot"]);
    assert.deepEqual(hits(15, { level: 9, site: "s" }), ["hot"]);
    assert.deepEqual([hits(15, { level: 9 }), hits(15, { level: 9 })], [["hot"], ["hot"]]);
  });

  test("a rule in shadow is told and changes nothing", () => {
    const { read } = bench(`policy first thresholds alarm at 50
      rule seen { when level > 5 then alarm score 60 mode shadow cooldown 1h do add device to stopped }
      rule real { when level > 5 then warn score 1 }
      rule away { when level > 5 then alarm mode off }`);
    for (const at of [0, 1]) {
      const { decisions, effects } = read(at, { level: 9 });
      assert.equal(decisions["r"]?.outcome, "warn");
      assert.equal(decisions["r"].score, 1);
      assert.deepEqual(decisions["r"].rules.map(({ id, mode, score }) => [id, mode, score]), [["seen", "shadow", 60], ["real", "live", 1]]);
      assert.deepEqual(effects, []);
    }
  });

  test("it is active from its first moment until the end of its last day", () => {
    const { hits } = bench("rule day { when true then warn active from 2026-01-02 until 2026-01-03 } rule hour { when true then warn active until 2026-01-02T01:00:00Z }");
    const day = 24 * 60;
    assert.deepEqual(hits(day - 0.01, {}), ["hour"]);
    assert.deepEqual(hits(day, {}), ["day", "hour"]);
    assert.deepEqual(hits(day + 60, {}), ["day"]);
    assert.deepEqual(hits(3 * day - 0.01, {}), ["day"]);
    assert.deepEqual(hits(3 * day, {}), []);
  });

  test("a rollout takes the same entities every time, more of them as it grows, and others for another rule", () => {
    const taken = (share: number, name: string): ReadonlySet<string> => {
      const { hits } = bench(`rule ${name} { when true then warn rollout ${share}% by device }`);
      return new Set(Array.from({ length: 400 }, (_, i) => `d${i}`).filter((device) => hits(0, { device }).length > 0));
    };
    const [some, more, other] = [taken(25, "a"), taken(50, "a"), taken(25, "b")];
    assert.deepEqual(taken(25, "a"), some);
    assert.ok([...some].every((each) => more.has(each)));
    assert.ok([...other].some((each) => !some.has(each)) && [...some].some((each) => !other.has(each)));
    assert.deepEqual([taken(0, "a").size, taken(100, "a").size], [0, 400]);
  });

  test("points of a rollout are uniform, for texts and for numbers alike", () => {
    const count = 100_000;
    const bins = 64;
    for (const entity of [(i: number) => i, (i: number) => `card-${i}`, (i: number) => `10.0.${i >> 8}.${i & 255}`, (i: number) => i * 1_024]) {
      const seen = new Uint32Array(bins);
      for (let i = 0; i < count; i++) {
        const bin = Math.floor(rolloutPoint("rule", entity(i)) * bins);
        seen[bin] = (seen[bin] ?? 0) + 1;
      }
      const expected = count / bins;
      const chiSquare = seen.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0);
      // 63 degrees of freedom: above 117 by chance once in 50,000 times.
      assert.ok(chiSquare < 117, `${entity(1)}: ${chiSquare}`);
    }
  });

  test("the hash of a rollout is what the language page says, for ever", () => {
    // Computed apart from this program, from the published definitions of FNV-1a and of the finalizer of MurmurHash3.
    const reference = (key: string, entity: string): number => {
      let hash = 2_166_136_261n;
      for (const byte of [...Buffer.from(key, "utf16le"), 0, ...Buffer.from(entity, "utf16le")].map(BigInt)) hash = BigInt.asUintN(32, (hash ^ byte) * 16_777_619n);
      hash = BigInt.asUintN(32, (hash ^ (hash >> 16n)) * 0x85ebca6bn);
      hash = BigInt.asUintN(32, (hash ^ (hash >> 13n)) * 0xc2b2ae35n);
      return Number(hash ^ (hash >> 16n)) / 2 ** 32;
    };
    for (const [key, entity] of [["rule", "card-1"], ["", ""], ["\u00e9\u{1f600}", "x"]] as const) assert.equal(rolloutPoint(key, entity), reference(key, entity));
    assert.equal(rolloutPoint("rule", 12), reference("rule", "12"));
  });
});

suite("policies and tables", () => {
  const both = "rule a { when level > 1 then warn } rule b { when level > 2 then alarm }";

  test("`unique` names the rules that match together", () => {
    const { read } = bench(`policy unique ${both}`);
    assert.deepEqual(read(0, { level: 2 }).degraded, []);
    const { decisions, degraded } = read(1, { level: 3 });
    assert.equal(decisions["r"]?.outcome, "alarm");
    assert.deepEqual(degraded, [{ ruleset: "r", rule: "a", row: null, part: "policy", missing: "the rules a, b matched together" }]);
  });

  test("`all` lists every outcome, worst first", () => {
    const { read } = bench(`policy all ${both}`);
    assert.deepEqual(read(0, { level: 3 }).decisions["r"]?.outcomes, ["alarm", "warn"]);
    assert.deepEqual(read(0, { level: 0 }).decisions["r"]?.outcomes, []);
  });

  const rows = `| level | site => then | score |
    | > 1 | - => warn | 1 |
    | > 2 | "a", "b" => alarm | 10 |
    | - | is missing => - | 100 |`;
  const shown = (policy: string, fields: Readonly<Record<string, unknown>>): unknown => {
    const { decisions, degraded } = bench(`table t ${policy} { ${rows} }`).read(0, fields);
    return [decisions["r"]?.rules.map(({ id, row }) => `${id} ${row}`), decisions["r"]?.score, degraded.map(({ missing }) => missing)];
  };

  test("a table stops at its first row, or takes all, or names those that match together", () => {
    assert.deepEqual(shown("first", { level: 3, site: "b" }), [["t 1"], 1, []]);
    assert.deepEqual(shown("all", { level: 3, site: "b" }), [["t 1", "t 2"], 11, []]);
    assert.deepEqual(shown("unique", { level: 3, site: "b" }), [["t 1", "t 2"], 11, ["the rows 1, 2 matched together"]]);
    assert.deepEqual(shown("first", { level: 0, site: "b" }), [[], 0, []]);
    assert.deepEqual(shown("", { level: 0 }), [["t 3"], 100, []]);
  });

  test("the rows of a table share one cooldown, and do not silence each other", () => {
    const { hits } = bench(`table t all { cooldown 5m ${rows} }`);
    assert.deepEqual(hits(0, { level: 3, site: "a" }), ["t", "t"]);
    assert.deepEqual(hits(4, { level: 3, site: "a" }), []);
    assert.deepEqual(hits(5, { level: 2, site: "a" }), ["t"]);
  });
});

suite("effects", () => {
  const RULES = `event reading { id: string @id at: timestamp @time device: string @key @pii site: string? level: number }
    list stopped: string managed ttl 1d
    list sites: string managed
    ruleset r on reading {
      outcomes ok < alarm
      rule again { when device in stopped then alarm }
      rule hot "Hot" { when level > 5 then alarm
        do add device to stopped for 1h do add site to sites do emit stop { who: mask(device), level: level, site: site } }
      rule cold { when level < 0 then alarm do remove device from stopped } }`;

  test("are done once, after the decision, and told with private values masked", () => {
    const { read, lists, desk } = bench(RULES);
    const event = { id: "1", level: 9, device: "device-4711" };
    const first = read(0, event);
    assert.deepEqual(first.decisions["r"]?.rules.map((hit) => hit.id), ["hot"]);
    const by = { ruleset: "r", rule: "hot", row: null };
    assert.deepEqual(first.effects, [
      { do: "add", ...by, list: "stopped", value: "****4711", expiresAt: "2026-01-01T01:00:00Z" },
      { do: "emit", ...by, name: "stop", fields: { who: "****4711", level: 9, site: null } },
    ]);
    assert.deepEqual(first.degraded, [{ ...by, part: "effect", missing: "field site" }]);
    assert.ok(lists.has("stopped", "device-4711"));
    lists.remove("stopped", "device-4711");
    assert.deepEqual(read(0, event), { ...first, replayed: true });
    assert.ok(!lists.has("stopped", "device-4711"), "a retry did it again");
    const observed = { id: "2", at: "2026-01-01T00:00:00Z", device: "device-4711", level: 9 };
    desk.observe({ type: "reading", event: observed, explain: false, version: null });
    assert.ok(!lists.has("stopped", "device-4711"), "an event that is only counted did something");
  });

  test("are met by the next event", () => {
    const { hits } = bench(RULES);
    assert.deepEqual(hits(0, { id: "1", level: 9 }), ["hot"]);
    assert.deepEqual(hits(1, { id: "2", level: -1 }), ["again", "cold"]);
    assert.deepEqual(hits(2, { id: "3", level: 0 }), []);
  });
});
