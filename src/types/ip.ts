import ipaddr from "ipaddr.js";
import type { Cidr, Ip } from "./value.ts";

function bitsOf(bytes: readonly number[]): bigint {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  return bits;
}

/** ipaddr.js also takes octal, hex and shortened IPv4; only the four-part decimal form is unambiguous. */
const DOTTED = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
/** The longest address text is 45 characters. */
const MAX_TEXT = 45;

/** `::192.0.2.1` is an address of version 6 with that as its last 32 bits (RFC 4291); ipaddr.js takes it for a mapped one. */
const COMPATIBLE = /^::\d+\.\d+\.\d+\.\d+$/;

function inHex(compatible: string): string {
  const mapped = ipaddr.IPv6.isValid(compatible) ? ipaddr.parse(compatible).toByteArray() : [];
  const groups = [12, 14].map((i) => (((mapped[i] ?? 0) << 8) | (mapped[i + 1] ?? 0)).toString(16));
  return mapped.length === 16 ? `::${groups.join(":")}` : compatible;
}

/** Reads an IPv4 or IPv6 address; undefined when it is none. Zone indexes (`fe80::1%eth0`) are refused. */
export function parseIp(text: string): Ip | undefined {
  if (text.length > MAX_TEXT) return undefined;
  if (text.includes(":") ? text.includes("%") : !DOTTED.test(text)) return undefined;
  const plain = COMPATIBLE.test(text) ? inHex(text) : text;
  if (!ipaddr.isValid(plain)) return undefined;
  const address = ipaddr.process(plain);
  const version = address.kind() === "ipv4" ? 4 : 6;
  const canonical = address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
  return { text: canonical, bits: bitsOf(address.toByteArray()), version };
}

/** The canonical text of an address given as an unsigned number of 32 or 128 bits. */
export function canonicalIp(bits: bigint, version: 4 | 6): string {
  const size = version === 4 ? 4 : 16;
  const bytes = Array.from({ length: size }, (_, i) => Number((bits >> BigInt(8 * (size - 1 - i))) & 0xffn));
  const address = ipaddr.fromByteArray(bytes);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

/** Reads `203.0.113.0/24`, or a lone address as a block of one; undefined when it is neither. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  const ip = parseIp(slash === -1 ? text : text.slice(0, slash));
  if (ip === undefined) return undefined;
  const width = ip.version === 4 ? 32 : 128;
  const prefixText = slash === -1 ? String(width) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(prefixText)) return undefined;
  const mapped = ip.version === 4 && text.includes(":");
  const prefix = Number(prefixText) - (mapped && slash !== -1 ? 96 : 0);
  if (prefix < 0 || prefix > width) return undefined;
  const host = (1n << BigInt(width - prefix)) - 1n;
  const first = (ip.bits | host) ^ host;
  return { text: slash === -1 ? ip.text : `${ip.text}/${prefix}`, first, last: first | host, version: ip.version };
}

export function inCidr(ip: Ip, block: Cidr): boolean {
  return ip.version === block.version && ip.bits >= block.first && ip.bits <= block.last;
}

/** Address blocks, merged and sorted, answering membership by binary search. */
export class CidrSet {
  readonly #first: readonly [readonly bigint[], readonly bigint[]];
  readonly #last: readonly [readonly bigint[], readonly bigint[]];

  constructor(blocks: readonly Cidr[]) {
    const four = merge(blocks.filter((block) => block.version === 4));
    const six = merge(blocks.filter((block) => block.version === 6));
    this.#first = [four.first, six.first];
    this.#last = [four.last, six.last];
    Object.freeze(this);
  }

  has(ip: Ip): boolean {
    const which = ip.version === 4 ? 0 : 1;
    const first = this.#first[which];
    let low = 0;
    let high = first.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((first[middle] ?? 0n) <= ip.bits) low = middle + 1;
      else high = middle;
    }
    return low > 0 && ip.bits <= (this.#last[which][low - 1] ?? -1n);
  }
}

function merge(blocks: readonly Cidr[]): { first: bigint[]; last: bigint[] } {
  const sorted = blocks.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const first: bigint[] = [];
  const last: bigint[] = [];
  for (const block of sorted) {
    const end = last.length - 1;
    if (end >= 0 && block.first <= (last[end] ?? -1n) + 1n) {
      if (block.last > (last[end] ?? -1n)) last[end] = block.last;
    } else {
      first.push(block.first);
      last.push(block.last);
    }
  }
  return { first, last };
}
