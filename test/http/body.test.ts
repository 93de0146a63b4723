import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_DEPTH, MAX_MEMBERS, parseJson } from "../../src/http/body.ts";

function codeOf(body: string | Uint8Array): string {
  const parsed = parseJson(typeof body === "string" ? new TextEncoder().encode(body) : body);
  return parsed.ok ? "ok" : parsed.problem.code;
}

const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const wide = (members: number): string => `{${Array.from({ length: members }, (_, n) => `"k${n}":0`).join(",")}}`;

const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
  ["nothing", "", "body_empty"],
  ["white space", " \r\n", "json_invalid"],
  ["a truncated object", '{"type":"payment","event":{', "json_invalid"],
  ["a text without end", '{"type":"pay', "json_invalid"],
  ["two values", "{} {}", "json_invalid"],
  ["NaN", '{"a":NaN}', "json_invalid"],
  ["Infinity", '{"a":-Infinity}', "json_invalid"],
  ["a comment", '{"a":1}//', "json_invalid"],
  ["a byte order mark", "\u{feff}{}", "body_byte_order_mark"],
  ["Latin-1", Uint8Array.of(0x22, 0xe9, 0x22), "body_encoding"],
  ["an overlong slash", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), "body_encoding"],
  ["a surrogate as UTF-8", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "body_encoding"],
  ["UTF-16", new Uint8Array(Buffer.from("{}", "utf16le")), "json_invalid"],
  ["the allowed depth", nested(MAX_DEPTH), "ok"],
  ["one level more", nested(MAX_DEPTH + 1), "json_too_deep"],
  ["brackets inside a text", JSON.stringify("[".repeat(1000) + '"\\"'), "ok"],
  ["a text that ends in a backslash", '{"a":"\\\\","b":[[1]]}', "ok"],
  ["the allowed members", wide(MAX_MEMBERS), "ok"],
  ["one member more", wide(MAX_MEMBERS + 1), "json_too_many_members"],
  ["__proto__ as a name", '{"event":{"__proto__":{"admin":true}}}', "json_forbidden_name"],
  ["__proto__ in escapes", '{"\\u005f_proto__":1}', "json_forbidden_name"],
  ["constructor.prototype", '{"constructor":{"prototype":{"a":1}}}', "json_forbidden_name"],
  ["__proto__ as a value", '{"type":"__proto__"}', "ok"],
  ["constructor alone", '{"constructor":1,"prototype":2}', "ok"],
  ["a name twice", '{"a":1,"a":2}', "json_duplicate_name"],
  ["a name twice by escape", '{"a":1,"b":{"c":1,"\\u0063":2}}', "json_duplicate_name"],
  ["1e400", '{"a":1e400}', "json_number_range"],
  ["-1e400 in a list", '{"a":[0,-1e400]}', "json_number_range"],
  ["the largest double", '{"a":1.7976931348623157e308}', "ok"],
  ["half a pair", '{"a":"\\ud800"}', "json_lone_surrogate"],
  ["the other half in a name", '{"\\udc00":1}', "json_lone_surrogate"],
  ["a whole pair", '{"a":"\\ud83d\\ude00"}', "ok"],
];
for (const [what, body, code] of cases) test(`${what}: ${code}`, () => assert.equal(codeOf(body), code));

test("every ordinary JSON value passes unchanged", () => {
  const json = fc.jsonValue({ maxDepth: 8, noUnicodeString: false }).filter((value) => !JSON.stringify(value).includes("__proto__"));
  fc.assert(
    fc.property(json, (value) => {
      const parsed = parseJson(new TextEncoder().encode(JSON.stringify(value)));
      if (parsed.ok) assert.deepEqual(parsed.value, JSON.parse(JSON.stringify(value)));
      else assert.equal(parsed.problem.code, "json_lone_surrogate");
    }),
    { numRuns: 500 },
  );
});

test("no bytes make the parser throw, and the answer is valid JSON itself", () => {
  const part = fc.constantFrom('"', "\\", "{", "}", "[", "]", ":", ",", "1", "e9", "\\u", "d800", "__proto__", "\u{1f600}", " ", "null");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), fc.uint8Array({ maxLength: 4 }), (parts, tail) => {
      const parsed = parseJson(Buffer.concat([Buffer.from(parts.join("")), tail]));
      const expected = referenceAccepts(Buffer.concat([Buffer.from(parts.join("")), tail]));
      if (parsed.ok) assert.ok(expected);
      else assert.ok(JSON.stringify(parsed.problem).isWellFormed());
    }),
    { numRuns: 3_000 },
  );
});

function referenceAccepts(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
