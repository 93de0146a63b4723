import { canonicalIp, inCidr, parseCidr, parseIp } from "../ip.ts";
import { BOOL, CIDR, IP, NUMBER, type Type } from "../type.ts";
import { Missing, type Cidr, type Ip, type Value } from "../value.ts";
import { fits, fixed, type Builtin, type Example, type Literal } from "./signature.ts";

/* Addresses and blocks of them, after the network library of CEL and Kubernetes. */

const NO_IP = new Missing("not an address");
const NO_CIDR = new Missing("not an address block");

/** `::ffff:192.0.2.1` hides which version is meant; `::ffff:c000:201` and addresses of events are read as version 4. */
function written(text: string): Ip | undefined {
  return text.includes(":") && text.includes(".") && parseIp(text)?.version === 4 ? undefined : parseIp(text);
}

const ADDRESS: Literal = { at: 0, what: "an address such as `203.0.113.7`", reads: (text) => written(text) !== undefined };
const BLOCK: Literal = { at: 0, what: "an address block such as `203.0.113.0/24`", reads: (text) => parseCidr(text) !== undefined };

function block(text: string): Cidr {
  const read = parseCidr(text);
  if (read === undefined) throw new Error(`${text} is no block`);
  return read;
}

/** A question about an address: whether it lies in one of these blocks. */
function lies(name: string, doc: string, examples: readonly Example[], blocks: readonly string[]): Builtin {
  const known = blocks.map(block);
  return fixed({ name, signature: `ip.${name}() → bool`, doc, examples }, ["ip"], BOOL, (ip) => known.some((each) => inCidr(ip as Ip, each)));
}

const LOOPBACK = ["127.0.0.0/8", "::1/128"];
const MULTICAST = ["224.0.0.0/4", "ff00::/8"];
const LINK_LOCAL = ["169.254.0.0/16", "fe80::/10"];
const UNSPECIFIED = ["0.0.0.0/32", "::/128"];
const BROADCAST = "255.255.255.255/32";
const NOT_GLOBAL = [...LOOPBACK, ...MULTICAST, ...LINK_LOCAL, ...UNSPECIFIED, BROADCAST].map(block);

function prefixOf({ first, last, version }: Cidr): number {
  return (version === 4 ? 32 : 128) - (last - first + 1n).toString(2).length + 1;
}

/** The block of so many leading bits that an address lies in. */
function subnet(ip: Ip, bits: number): Cidr | Missing {
  return (Number.isInteger(bits) && bits >= 0 ? parseCidr(`${networkText(ip, bits)}/${bits}`) : undefined) ?? NO_CIDR;
}

function networkText(ip: Ip, bits: number): string {
  const width = ip.version === 4 ? 32 : 128;
  if (bits > width) return "";
  const host = (1n << BigInt(width - bits)) - 1n;
  return canonicalIp((ip.bits | host) ^ host, ip.version);
}

/** A block that holds another wholly, or an address; either may be written as text. */
function holds(name: string, other: "ip" | "cidr", examples: readonly Example[], doc: string, run: (held: Cidr, value: Value) => boolean | Missing): Builtin {
  return {
    name,
    signature: `cidr.${name}(${other} | string) → bool`,
    doc,
    examples,
    literal: { ...(other === "ip" ? ADDRESS : BLOCK), at: 1 },
    arity: [2, 2],
    result: (args) => (fits(args, "cidr", other) || fits(args, "cidr", "string") ? BOOL : undefined),
    run: (held, value) => run(held as Cidr, value),
  };
}

function holdsIp(held: Cidr, value: Value): boolean | Missing {
  const ip = typeof value === "string" ? written(value) : (value as Ip);
  return ip === undefined ? NO_IP : inCidr(ip, held);
}

function holdsCidr(held: Cidr, value: Value): boolean | Missing {
  const inner = typeof value === "string" ? parseCidr(value) : (value as Cidr);
  if (inner === undefined) return NO_CIDR;
  return inner.version === held.version && inner.first >= held.first && inner.last <= held.last;
}

const TEXT_OR_BLOCK: readonly Type["kind"][] = ["string", "cidr"];

export const networkFunctions: readonly Builtin[] = [
  {
    name: "ip",
    signature: "ip(string) → ip, cidr.ip() → ip",
    doc: "an address from text, or that of a block as it was written; missing when the text is none, has a zone, or maps version 4 into 6 with dots",
    examples: [['ip("2001:DB8::1") == ip("2001:db8::1")', "true"], ['cidr("192.168.0.0/24").ip() == ip("192.168.0.0")', "true"], ['ip("::ffff:c0a8:1") == ip("192.168.0.1")', "true"]],
    literal: ADDRESS,
    arity: [1, 1],
    result: (args) => (TEXT_OR_BLOCK.some((kind) => fits(args, kind)) ? IP : undefined),
    run: (value) => (typeof value === "string" ? (written(value) ?? NO_IP) : (parseIp((value as Cidr).text.replace(/\/.*$/, "")) ?? NO_IP)),
  },
  fixed(
    { name: "cidr", signature: "cidr(string) → cidr", doc: "a block of addresses, for `ip in cidr(…)`; missing when the text is none", examples: [['ip("203.0.113.9") in cidr("203.0.113.0/24")', "true"]], literal: BLOCK },
    ["string"],
    CIDR,
    (text) => parseCidr(text as string) ?? NO_CIDR,
  ),
  fixed(
    { name: "isIP", signature: "isIP(string) → bool", doc: "whether the text is an address that `ip` reads", examples: [['isIP("203.0.113.7")', "true"], ['isIP("203.0.113.256")', "false"]] },
    ["string"],
    BOOL,
    (text) => written(text as string) !== undefined,
  ),
  fixed(
    { name: "isCIDR", signature: "isCIDR(string) → bool", doc: "whether the text is a block that `cidr` reads, written with its prefix", examples: [['isCIDR("10.0.0.0/8")', "true"], ['isCIDR("10.0.0.0")', "false"]] },
    ["string"],
    BOOL,
    (text) => (text as string).includes("/") && parseCidr(text as string) !== undefined,
  ),
  fixed(
    { name: "isCanonical", spellings: ["ip.isCanonical"], signature: "isCanonical(string) → bool", doc: "whether the address is written in its one canonical way (RFC 5952); missing when it is none", examples: [['ip.isCanonical("127.0.0.1")', "true"], ['ip.isCanonical("2001:DB8::68")', "false"]], literal: ADDRESS },
    ["string"],
    BOOL,
    (text) => {
      const ip = written(text as string);
      return ip === undefined ? NO_IP : ip.text === text;
    },
  ),
  fixed(
    { name: "family", signature: "ip.family() → number", doc: "4 or 6", examples: [['ip("::1").family()', "6"]] },
    ["ip"],
    NUMBER,
    (ip) => (ip as Ip).version,
  ),
  fixed(
    { name: "is_ipv6", signature: "is_ipv6(ip) → bool", doc: "whether the address is of version 6", examples: [['is_ipv6(ip("::1"))', "true"]] },
    ["ip"],
    BOOL,
    (ip) => (ip as Ip).version === 6,
  ),
  lies("isLoopback", "whether it is the machine's own address", [['ip("127.0.0.1").isLoopback()', "true"]], LOOPBACK),
  lies("isUnspecified", "whether it is `0.0.0.0` or `::`", [['ip("::").isUnspecified()', "true"]], UNSPECIFIED),
  lies("isLinkLocalUnicast", "whether it is valid on one link only", [['ip("fe80::1").isLinkLocalUnicast()', "true"]], LINK_LOCAL),
  lies("isLinkLocalMulticast", "whether it addresses many on one link", [['ip("224.0.0.1").isLinkLocalMulticast()', "true"]], ["224.0.0.0/24", "ff02::/16"]),
  fixed(
    { name: "isGlobalUnicast", signature: "ip.isGlobalUnicast() → bool", doc: "whether it addresses one machine beyond its own link; as in CEL private addresses count", examples: [['ip("192.168.0.1").isGlobalUnicast()', "true"], ['ip("255.255.255.255").isGlobalUnicast()', "false"]] },
    ["ip"],
    BOOL,
    (ip) => !NOT_GLOBAL.some((each) => inCidr(ip as Ip, each)),
  ),
  lies("is_private", "whether it is of a private network: RFC 1918, the shared space of RFC 6598, unique local addresses of RFC 4193", [['ip("10.1.2.3").is_private()', "true"], ['ip("8.8.8.8").is_private()', "false"]], ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]),
  holds("containsIP", "ip", [['cidr("192.168.0.0/24").containsIP("192.168.0.1")', "true"]], "whether the address lies in the block; missing when the text is none", holdsIp),
  holds("containsCIDR", "cidr", [['cidr("192.168.0.0/24").containsCIDR("192.168.0.0/25")', "true"]], "whether the whole other block lies in it; missing when the text is none", holdsCidr),
  fixed(
    { name: "prefixLength", signature: "cidr.prefixLength() → number", doc: "how many leading bits its addresses share", examples: [['cidr("10.0.0.0/8").prefixLength()', "8"]] },
    ["cidr"],
    NUMBER,
    (held) => prefixOf(held as Cidr),
  ),
  fixed(
    { name: "masked", signature: "cidr.masked() → cidr", doc: "the block written with its first address", examples: [['string(cidr("192.168.1.7/24").masked())', '"192.168.1.0/24"']] },
    ["cidr"],
    CIDR,
    (held) => parseCidr(`${canonicalIp((held as Cidr).first, (held as Cidr).version)}/${prefixOf(held as Cidr)}`) ?? NO_CIDR,
  ),
  fixed(
    { name: "subnet", signature: "subnet(ip, bits) → cidr", doc: "the block of so many leading bits that the address lies in; missing when it has not so many", examples: [['string(subnet(ip("203.0.113.77"), 24))', '"203.0.113.0/24"']] },
    ["ip", "number"],
    CIDR,
    (ip, bits) => subnet(ip as Ip, bits as number),
  ),
  fixed(
    { name: "within", signature: "within(ip, cidr) → bool", doc: "whether the address lies in the block; `in` says the same", examples: [['within(ip("10.1.2.3"), cidr("10.0.0.0/8"))', "true"]] },
    ["ip", "cidr"],
    BOOL,
    (ip, held) => inCidr(ip as Ip, held as Cidr),
  ),
];
