import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { formatFile } from "../../src/format/format.ts";

function format(text: string): string {
  const { text: formatted, diagnostics } = formatFile({ path: "a.risk", text });
  assert.deepEqual(diagnostics.map(({ code, message }) => `${code} ${message}`), []);
  return formatted;
}

/** One layout for all of the given texts, which lays out as itself. */
function becomes(after: string, ...before: readonly string[]): void {
  for (const each of [after, ...before]) assert.equal(format(each), after);
}

/** The clauses of a rule inside of a rule. */
function rule(...clauses: readonly string[]): string {
  return `ruleset s on e {\n  rule r {\n${clauses.map((clause) => `    ${clause}\n`).join("")}  }\n}\n`;
}

suite("white space", () => {
  test("blanks, breaks and indentation are those of the style", () => {
    becomes(
      'ruleset s on e {\n  outcomes allow < deny\n  default allow\n\n  rule r "Title" {\n    when a\n    then deny\n    tags x, y\n  }\n}\n',
      'ruleset   s\ton\ne{outcomes allow<deny default allow rule r  "Title"{when a then deny tags x ,y}}',
      '\n\n\nruleset s on e\n{\noutcomes allow <\ndeny\n default allow\n rule r "Title"\n{\n\nwhen a\nthen deny\ntags x,\n  y\n}\n\n}\n\n\n',
    );
  });
  test("one empty line between groups stays, more are one, and bodies neither begin nor end with one", () => {
    becomes(
      "event e {\n  a: string\n\n  b: string\n}\n\nlist l: string managed\nlist m: string managed\n",
      "event e {\n\n  a: string\n\n\n\n  b: string\n\n}\nlist l: string managed\nlist m: string managed\n\n\n",
    );
  });
  test("declarations and rules with a body stand apart, with the comments above them", () => {
    becomes(
      "ruleset s on e {\n  policy worst\n\n  // why\n  rule a {\n    when x\n  }\n\n  /// what\n  rule b {\n    when y\n  }\n}\n",
      "ruleset s on e {\n  policy worst\n  // why\n  rule a { when x }\n  /// what\n  rule b { when y } }",
    );
  });
  test("an empty body is a pair of braces", () => becomes("event e {}\n", "event e {\n\n}", "event e{ }"));
  test("an empty file stays empty", () => {
    assert.equal(format(""), "");
    assert.equal(format("\n \n"), "");
  });
  test("a file keeps its kind of line break and its mark of order", () => {
    assert.equal(format("event  e {\r\n}\r\nlist l : string managed\n"), "event e {}\r\n\r\nlist l: string managed\r\n");
    assert.equal(format("\uFEFFevent  e {}"), "\uFEFFevent e {}\n");
    assert.equal(format(rule('reason R """a\r\nb"""').replace("\n", "\r\n")).split("\n").length, 7);
  });
});

suite("expressions", () => {
  const value = (after: string, ...before: readonly string[]): void => becomes(rule(`when ${after}`), ...before.map((each) => rule(`when ${each}`)));

  test("words stand for symbols", () => {
    value("a and b or not c", "a&&b||!c", "a  &&  b || not c");
    value("not (a == b)", "!(a==b)", "! ( a == b )");
    value("not not a", "!!a", "not !a");
  });
  test("where `not` would reach further, `!` stays", () => {
    value("!a == b", "! a==b");
    value("!a in b and not c", "!a in b && !c");
    value("-!a < 1 ? not b : c", "- ! a<1?!b:c");
  });
  test("brackets are the author's", () => value("(a and b) or (c)", "( a&&b )||( c )"));
  test("marks sit as people set them", () => {
    value("f(a, -b).c[0].d() + e.g * 2 % 3 >= 1", "f( a,- b ) . c [ 0 ] . d( )+e .g*2 %3>=1");
    value('x in ["a", "b"] and y not in 1..5', 'x in [ "a","b", ]and y not   in 1 .. 5');
    value("a in 200 USD..900 USD and b in c + 1 .. d", "a in 200 USD .. 900 USD and b in c+1..d");
    value('m == { "a": 1, "b": [] }', 'm=={"a" : 1,"b":[ ],}');
    value("a is missing or b is present", "a  is\nmissing || b is present");
  });
  test("values are kept as they are written", () => {
    const values = ["1_000", ".5", "1e3", "0x1F", "5USD", "1_000.50 USD", "7.1mm/s", "20%", "2026-01-31T09:30:00Z", "'b c'", 'r"\\d+"', '"\\u00e9\\n"'];
    for (const each of values) value(`f(${each})`);
  });
  test("a long condition breaks before `and` and `or`, an inner one only where it must", () => {
    const name = (letter: string): string => letter.repeat(24);
    const [a, b, c, d] = ["a", "b", "c", "d"].map(name);
    value(`${a} > 1\n      and ${b} > 2\n      and ${c} > 3\n      and d`, `${a} > 1 and ${b} > 2 and ${c} > 3 and d`);
    value(`${a} and ${b}\n      or ${c} and ${d}`, `${a} and ${b} or ${c} and ${d}`);
    value(`${a}\n      and (\n        ${b}\n        or ${c}\n        or ${d}\n        or eeeeeee\n      )`, `${a} and (${b} or ${c} or ${d} or eeeeeee)`);
  });
  test("a line takes 100 columns, wide characters two of them", () => {
    const fits = `a == "${"x".repeat(100 - '    when a == ""'.length)}"`;
    value(fits);
    value(fits.replace(" ==", "\n      ==").replace('x"', 'xx"'), fits.replace('x"', 'xx"'));
    const wide = `a == "${"日".repeat(42)}"`;
    value(wide);
    value(wide.replace(" ==", "\n      ==").replace('日"', '日日"'), wide.replace('日"', '日日"'));
  });
  test("calls, lists and conditionals break at their parts", () => {
    const long = "x".repeat(40);
    value(`f(\n      ${long},\n      ${long},\n      12345\n    )`, `f(${long}, ${long}, 12345)`);
    value(`${long}\n      ? ${long}\n      : b\n      ? c\n      : ${long}`, `${long} ? ${long} : b ? c : ${long}`);
  });
  test("as many plain values as fit stand on a line", () => {
    const text = format(`list l: string = [${Array.from({ length: 40 }, (_, i) => `"${1000 + i}"`).join(",")}]`);
    assert.ok(text.startsWith('list l: string = [\n  "1000", "1001", '), text);
    assert.ok(text.endsWith('"1039"\n]\n'), text);
    assert.ok(text.split("\n").every((each) => each.length <= 100));
    assert.equal(text.split("\n").length, 7);
    assert.equal(format(text), text);
  });
});

suite("declarations", () => {
  test("each has its layout", () => {
    becomes(
      [
        'import a, b from "x.risk"', "", "event e {", "  id: string @id", "  at: timestamp @time", "  t: number[mm/s]? @key @pii", "  k: enum(a, b) = a",
        "  m: map[string, list[money[USD]]]", "}", "", "list l: string managed ttl 30d", 'list m: string from "m.txt"',
        "function f(a: number, b: e): bool = a > 1", "feature g = sum of e.t by k, id over 7d ending 7d ago where t > 1mm/s lateness 10m excluding current", "",
      ].join("\n"),
      'import a,b from"x.risk" event e{id:string@id at:timestamp@time t:number[ mm / s ]?@key@pii k:enum( a,b )=a m:map[string,list[money[USD]]]}\n' +
        'list l:string managed ttl 30d list m:string from"m.txt"\nfunction f(a:number,b:e):bool=a>1\n' +
        "feature g=sum of e . t by k,id over 7d ending 7d ago where t>1mm/s lateness 10m excluding current",
    );
  });
  test("a long feature has a line for each of its clauses, in the author's order", () => {
    becomes(
      "feature trials = count of payment\n  over 10m\n  by card\n  where amount < 5.00 EUR and channel == ecom and country == card_country\n",
      "feature trials = count of payment over 10m by card where amount < 5.00 EUR and channel == ecom and country == card_country",
    );
  });
  test("a long function has its meaning below", () => {
    becomes(
      "function speed(from_place: geo, to_place: geo, took: duration): number[km/h] =\n  distance(from_place, to_place) / took\n",
      "function speed(from_place: geo, to_place: geo, took: duration): number[km/h] = distance(from_place, to_place) / took",
    );
  });
  test("a long reason stands below its code", () => {
    const text = `"${"word ".repeat(17)}"`;
    becomes(rule(`reason R1\n      ${text}`), rule(`reason R1 ${text}`));
  });
  test("clauses keep the author's order", () => becomes(rule("tags a", "then x", "score 1", "when y")));
});

suite("comments", () => {
  test("stay on their line or behind what they follow", () => {
    becomes(
      "// top\n\nevent e { // opens\n  // first\n  a: string // is a\n\n  /// what b is\n  b: string\n  // last\n} // closes\n\n// end\n",
      "//top\n\nevent e{ // opens\n\n//first\na:string//is a\n\n\n///what b is\nb:string\n//last\n\n}// closes\n\n// end",
    );
  });
  test("inside of an expression break it there", () => {
    becomes(
      rule("when a // one\n      // two\n      and b\n      and c // three"),
      rule("when a // one\n  // two\nand b and c//three"),
    );
  });
  test("in brackets give each part its line", () => {
    becomes('list l: string = [\n  "a", // first\n  // second\n  "b"\n  // none\n]\n', 'list l: string = ["a", // first\n// second\n"b",\n// none\n]');
  });
  test("between any two tokens they survive", () => {
    const text = "feature // a\nf = // b\ncount // c\nof // d\ne by // e\nk over // f\n1h // g\n";
    const formatted = format(text);
    assert.deepEqual(formatted.match(/\/\/ \w/g), ["// a", "// b", "// c", "// d", "// e", "// f", "// g"]);
    assert.equal(format(formatted), formatted);
  });
  test("never make a word begin a clause that is none", () => {
    becomes(
      "ruleset s on e {\n  thresholds\n    // low\n    review\n    at 50\n}\n\nfeature f = count of // by day\n  review\n  by k\n  over 1h\n",
      "ruleset s on e { thresholds\n// low\nreview\nat 50 }\nfeature f = count of // by day\nreview\nby k over 1h",
    );
    becomes(rule("clear\n    // why\n    when // then\n      first for 1h"), rule("clear\n// why\nwhen // then\nfirst for 1h"));
  });
  test("get a blank behind their slashes, unless they begin with a mark", () => {
    becomes("// a\n//- b\n//\n//  c\n////\nlist l: string managed\n", "//a  \n//- b\n//\n//  c\n////\nlist l: string managed");
  });
});

suite("tables, tests, rates and the life of a rule", () => {
  test("clauses of rules", () => {
    becomes(
      rule(
        "when t > 85degC for 5m by device", "clear when t < 78degC for 2m", "then alarm", 'notice N1 "call us"', "do add card to keep for 24h", "do remove card from keep",
        'do emit stop { device: device, cause: "heat" }', "do emit stop", "cooldown 15m by device, site", "on missing no match", "mode shadow", "rollout 25% by ip",
        "active from 2026-01-01 until 2026-12-31", 'owner "team"', "review by 2027-01-31", "was old, older",
      ),
      rule(
        "when t>85degC\nfor 5m\nby device", "clear\nwhen t<78degC for 2m then alarm", 'notice N1\n"call us"', "do add card\nto keep for 24h do remove card\nfrom keep",
        'do emit stop{device:device,\ncause:"heat",}', "do\nemit stop", "cooldown 15m by device,site", "on\nmissing no match", "mode shadow rollout 25% by ip",
        "active from 2026-01-01\nuntil 2026-12-31", 'owner\n"team"', "review\nby 2027-01-31", "was old,older",
      ),
    );
  });
  test("a long condition with its duration", () => {
    const name = "x".repeat(45);
    becomes(rule(`when ${name}\n      and ${name}\n      for 5m`), rule(`when ${name} and ${name} for 5m`));
  });
  test("a long effect has a line for each of its fields", () => {
    const name = "x".repeat(45);
    becomes(rule(`do emit stop {\n      a: ${name},\n      b: ${name}\n    }`), rule(`do emit stop { a: ${name}, b: ${name} }`));
  });
  test("columns of a table stand below each other, numbers to the right", () => {
    becomes(
      [
        "ruleset s on e {", '  table limits "By category" first {', "    when not known", '    owner "team"', "",
        "    | mcc              | country               | amount           => then    | score | reason       |", "    // the worst first",
        '    | in high_risk_mcc | not in home_countries | > 200 USD        => decline |    40 | R201         | // why', "",
        '    | in high_risk_mcc | -                     | 200 USD..900 USD => review  |   120 | R202 "{mcc}" |',
        '    | "5411", "日本"   | is missing            | != 1_000 USD     => -       |     - | -            |', "  }", "}", "",
      ].join("\n"),
      [
        'ruleset s on e { table limits "By category" first {', 'when not known owner "team"', "", "|mcc|country|amount=>then|score|reason|", "// the worst first",
        "|in high_risk_mcc|not in home_countries|>200 USD=>decline|40|R201|// why", "", "", "| in   high_risk_mcc|-|200 USD .. 900 USD=>review|120|R202 \"{mcc}\"|",
        '| "5411","日本" | is   missing|!= 1_000 USD => -|-|-|', "}}",
      ].join("\n"),
    );
  });
  test("rates", () => {
    becomes(
      'rates ecb {\n  from 2026-11-01 { 1 EUR = 1.0832 USD, 1 EUR = 0.8611 GBP }\n}\n\nrates other from "ecb.csv"\n',
      'rates ecb{from 2026-11-01{1 EUR=1.0832 USD,1 EUR=0.8611 GBP,}}\nrates other from"ecb.csv"',
    );
  });
  test("percentiles and declared ranges", () => {
    becomes("event e {\n  a: number[delta degC]\n  b: number[mm/s*kg]\n}\n", "event e{a:number[ delta  degC ]b:number[mm / s * kg]}");
    becomes("event e {\n  a: number[degC]? in -40degC..125degC @pii\n}\n\nfeature p = percentile(95) of e.a by k over 1h\n", "event e{a:number[degC]? in -40degC .. 125degC@pii} feature p=percentile( 95 )of e.a by k over 1h");
  });
  test("tests", () => {
    becomes(
      [
        'test "ten payments" for s {', "  clock 2026-03-01T00:00:00Z", '  given payment { card: "c1", amount: 1.00 USD } at -50m repeat 9 every 5m', "  given feature f = 12",
        "  given feature g = missing", '  given list l has "a", "b"', "", '  when payment { card: "c1" } at 5m', "  expect outcome decline", "  expect rule r", "  expect no rule q",
        "  expect rule t row 2", "  expect rule u missing", "  expect rules a, b", "  expect no rules", "  expect score >= 60", '  expect reason R1 "text"', "  expect no notice N1",
        '  expect list l has "c1"', "  expect emit stop { device: 1 }", "  expect no emit stop", "  expect feature f == -1", "  cases {", "    |   amount | card => outcome | score |",
        "    | 1.00 USD | -    => allow   |    -5 |", '    |    2 USD | "c2" => -       |    10 |', "  }", "}", "",
      ].join("\n"),
      [
        'test "ten payments" for s{clock 2026-03-01T00:00:00Z', 'given payment{card:"c1",amount:1.00 USD} at - 50m repeat 9\nevery 5m given feature f=12', "given feature g=missing given list l has \"a\",\"b\"",
        "", 'when payment{card:"c1",}at 5m expect outcome decline expect rule r expect no rule q', "expect rule t row 2 expect rule u missing expect rules a,b expect no rules", "expect score>=60",
        'expect reason R1"text"'.replace('R1"', 'R1 "'), 'expect no notice N1 expect list l has "c1" expect emit stop{device:1} expect no emit stop', "expect feature f==-1 cases{",
        "|amount|card=>outcome|score|", "|1.00 USD|-=>allow|-5|", '|2 USD|"c2"=>-|10|', "}}",
      ].join("\n"),
    );
  });
});

test("the whole files in the description of the language are in its style", () => {
  const text = readFileSync(join(import.meta.dirname, "../../grammar/language.md"), "utf8");
  const examples = [...text.matchAll(/^```risk[^\n]*\n([^]*?)^```/gm)].map(([, example = ""]) => example);
  assert.ok(examples.length > 0);
  for (const example of examples) assert.equal(formatFile({ path: "a.risk", text: example }).text, example);
});
