import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import { suite, test } from "node:test";
import fc from "fast-check";
import { CidrSet, inCidr, parseCidr, parseIp } from "../../src/types/ip.ts";
import type { Cidr, Ip } from "../../src/types/value.ts";

// Few different bits, so that addresses and blocks meet.
const byte = fc.constantFrom(0, 1, 127, 128, 255);
const group = fc.constantFrom(0, 1, 0xff, 0x8000, 0xffff);
const four = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join("."));
const six = fc.tuple(group, group, group, group, group, group, group, group).map((groups) => groups.map((each) => each.toString(16)).join(":"));
const prefix4 = fc.integer({ min: 0, max: 32 });
const prefix6 = fc.integer({ min: 0, max: 128 });

suite("blocks hold what node:net says they hold", () => {
  test("of version 4", () => {
    fc.assert(
      fc.property(four, four, prefix4, (item, base, prefix) => {
        const list = new BlockList();
        list.addSubnet(base, prefix, "ipv4");
        assert.equal(inCidr(parseIp(item) as Ip, parseCidr(`${base}/${prefix}`) as Cidr), list.check(item, "ipv4"));
      }),
      { numRuns: 500 },
    );
  });
  test("of version 6", () => {
    fc.assert(
      fc.property(six, six, prefix6, (item, base, prefix) => {
        fc.pre(!item.startsWith("0:0:0:0:0:ffff:") && !base.startsWith("0:0:0:0:0:ffff:"));
        const list = new BlockList();
        list.addSubnet(base, prefix, "ipv6");
        assert.equal(inCidr(parseIp(item) as Ip, parseCidr(`${base}/${prefix}`) as Cidr), list.check(item, "ipv6"));
      }),
      { numRuns: 500 },
    );
  });
  test("many merged into a set", () => {
    const block = fc.oneof(fc.tuple(four, prefix4), fc.tuple(six, prefix6)).filter(([base]) => !base.startsWith("0:0:0:0:0:ffff:"));
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), fc.array(fc.oneof(four, six), { minLength: 20, maxLength: 20 }), (blocks, items) => {
        const set = new CidrSet(blocks.map(([base, prefix]) => parseCidr(`${base}/${prefix}`) as Cidr));
        for (const item of items) {
          const ip = parseIp(item) as Ip;
          const naive = blocks.some(([base, prefix]) => inCidr(ip, parseCidr(`${base}/${prefix}`) as Cidr));
          assert.equal(set.has(ip), naive, item);
        }
      }),
    );
  });
});

suite("addresses", () => {
  test("are those of node:net", () => {
    fc.assert(
      fc.property(fc.oneof(four, six, four.map((text) => `::${text}`), fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/)), (text) => {
        const ip = parseIp(text);
        const version = isIP(text);
        // An IPv4 address in IPv6 clothes is one.
        assert.equal(ip !== undefined, version !== 0, text);
        if (ip !== undefined && ip.version !== version) assert.match(text, /f:[^:]+(?::[^:]+)?$/i);
      }),
      { numRuns: 1_000 },
    );
  });
  test("the examples of RFC 5952", () => {
    for (const [text, canonical] of [
      ["2001:0db8::0001", "2001:db8::1"],
      ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
      ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["2001:DB8::ABCD", "2001:db8::abcd"],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["0:0:0:0:0:0:0:0", "::"],
      ["::192.0.2.1", "::c000:201"],
      ["::0.0.0.0", "::"],
    ] as const) {
      assert.equal(parseIp(text)?.text, canonical);
    }
  });
  test("the canonical text is that of the platform's URLs", () => {
    fc.assert(
      fc.property(fc.oneof(six, fc.ipV6()), (text) => {
        const ip = parseIp(text) as Ip;
        fc.pre(ip.version === 6);
        assert.equal(ip.text, new URL(`http://[${text}]/`).hostname.slice(1, -1));
        assert.equal(parseIp(ip.text)?.bits, ip.bits);
      }),
    );
  });
  test("octal, hex, short, zoned and padded forms are refused", () => {
    for (const text of ["010.0.0.1", "0x7f.1", "127.1", "2130706433", "fe80::1%eth0", " 10.0.0.1", "10.0.0.1 ", "10.0.0.256", "1.2.3", "::1::", "", "1".repeat(60)]) assert.equal(parseIp(text), undefined, text);
  });
});

test("blocks that are none are refused, host bits are cut", () => {
  for (const text of ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "/8", "::/129", "10.0.0.0/1e1", "::ffff:10.0.0.0/95"]) assert.equal(parseCidr(text), undefined, text);
  assert.equal((parseCidr("10.1.2.3/8") as Cidr).first, (parseIp("10.0.0.0") as Ip).bits);
  assert.equal((parseCidr("10.1.2.3") as Cidr).last, (parseIp("10.1.2.3") as Ip).bits);
  assert.deepEqual((parseCidr("::ffff:10.0.0.0/104") as Cidr).last, (parseIp("10.255.255.255") as Ip).bits);
});
