import { createHash } from "node:crypto";
import { BOOL, NUMBER, STRING } from "../type.ts";
import { Missing } from "../value.ts";
import { fixed, type Builtin, type Example } from "./signature.ts";

/* Mail addresses, telephone, account and card numbers as people write them, and hashes of text. */

/** No identifier is longer, so the rest of a longer text is not looked at. */
const MAX_IDENTIFIER = 320;

const NO_DOMAIN = new Missing("no domain in the address");
const NO_ADDRESS = new Missing("not a mail address");
const NO_PHONE = new Missing("not a telephone number with its country");
const NO_IBAN = new Missing("not an account number");
const NO_CARD = new Missing("not a card number");
const NO_BUCKET = new Missing("the number of buckets must be a whole number from 1 on");

function emailDomain(text: string): string | Missing {
  const at = text.lastIndexOf("@");
  const domain = at < 1 ? "" : text.slice(at + 1).trim().toLowerCase();
  return domain === "" ? NO_DOMAIN : domain;
}

/** Domains of one mailbox that ignore dots in the name; all of them take `+tag`. */
const DOTLESS: ReadonlySet<string> = new Set(["gmail.com", "googlemail.com"]);

/** The mailbox behind an address: lower case, no `+tag`, and no dots where the provider ignores them. */
function mailbox(text: string): string | Missing {
  const address = text.trim().toLowerCase();
  const at = address.lastIndexOf("@");
  if (at < 1 || at === address.length - 1 || address.length > MAX_IDENTIFIER) return NO_ADDRESS;
  const domain = address.slice(at + 1);
  const plus = address.indexOf("+");
  const user = address.slice(0, plus > 0 && plus < at ? plus : at);
  if (!DOTLESS.has(domain)) return `${user}@${domain}`;
  const name = user.replaceAll(".", "");
  return name === "" ? NO_ADDRESS : `${name}@gmail.com`;
}

/** ITU-T E.164: a country code and at most 15 digits in all; the shortest in use have 7. */
const E164 = /^\+[1-9]\d{6,14}$/;

function phone(text: string): string | Missing {
  if (text.length > MAX_IDENTIFIER) return NO_PHONE;
  const plain = text.trim().replaceAll(/[\s()./-]/g, "").replace(/^00/, "+");
  return E164.test(plain) ? plain : NO_PHONE;
}

/** Characters of an IBAN by country, from the registry of ISO 13616. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  ("AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 " +
    "GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 " +
    "NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30")
    .split(" ")
    .map((each) => [each.slice(0, 2), Number(each.slice(2))] as const),
);

const IBAN = /^[A-Z]{2}\d\d[A-Z\d]+$/;

/** The account number without spaces in capitals, or undefined when country, length or check digits are wrong. */
function iban(text: string): string | undefined {
  if (text.length > MAX_IDENTIFIER) return undefined;
  const plain = text.replaceAll(/\s/g, "").toUpperCase();
  if (!IBAN.test(plain) || IBAN_LENGTHS.get(plain.slice(0, 2)) !== plain.length) return undefined;
  let rest = 0;
  for (const letter of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1 ? plain : undefined;
}

/** Digits of a number written with spaces or hyphens; undefined when there is anything else. */
function digitsOf(text: string): string | undefined {
  if (text.length > MAX_IDENTIFIER) return undefined;
  const plain = text.replaceAll(/[\s-]/g, "");
  return /^\d+$/.test(plain) ? plain : undefined;
}

/** The check digit of ISO/IEC 7812: every second digit from the right doubled, the sum of all digits a multiple of ten. */
function luhn(text: string): boolean {
  const digits = digitsOf(text);
  if (digits === undefined || digits.length < 2) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const value = i % 2 === 0 ? digit : 2 * digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** Card numbers have 12 to 19 digits (ISO/IEC 7812-1). */
function cardDigits(text: string): string | undefined {
  const digits = digitsOf(text);
  return digits !== undefined && digits.length >= 12 && digits.length <= 19 ? digits : undefined;
}

function bin(text: string, size: number): string | Missing {
  return (size === 6 || size === 8 ? cardDigits(text)?.slice(0, size) : undefined) ?? NO_CARD;
}

/** First digits of the schemes as ranges; the first that fits is the one. */
const SCHEMES: readonly (readonly [name: string, from: number, to: number])[] = [
  ["visa", 4, 4], ["mastercard", 51, 55], ["mastercard", 2221, 2720], ["amex", 34, 34], ["amex", 37, 37], ["discover", 6011, 6011], ["discover", 644, 649], ["discover", 65, 65],
  ["jcb", 3528, 3589], ["diners", 300, 305], ["diners", 36, 36], ["diners", 38, 39], ["unionpay", 62, 62], ["maestro", 50, 50], ["maestro", 56, 69],
];

function scheme(text: string): string | Missing {
  const digits = cardDigits(text);
  if (digits === undefined) return NO_CARD;
  const found = SCHEMES.find(([, from, to]) => {
    const prefix = Number(digits.slice(0, String(from).length));
    return prefix >= from && prefix <= to;
  });
  return found?.[0] ?? "other";
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The first 48 bits of the hash, which a double holds exactly, by the number of buckets. */
function bucket(text: string, count: number): number | Missing {
  return Number.isInteger(count) && count >= 1 ? sha256(text).readUIntBE(0, 6) % count : NO_BUCKET;
}

/** A text made of one, missing where it is none. */
function reads(name: string, doc: string, examples: readonly Example[], run: (text: string) => string | Missing): Builtin {
  return fixed({ name, signature: `${name}(string) → string`, doc, examples }, ["string"], STRING, (text) => run(text as string));
}

function asks(name: string, doc: string, examples: readonly Example[], run: (text: string) => boolean): Builtin {
  return fixed({ name, signature: `${name}(string) → bool`, doc, examples }, ["string"], BOOL, (text) => run(text as string));
}

export const identifierFunctions: readonly Builtin[] = [
  reads("email_domain", "what stands behind the last `@`, in lower case; missing when there is none", [['"a@Mail.Example".email_domain()', '"mail.example"'], ['email_domain("nobody")', "missing: no domain in the address"]], emailDomain),
  reads("email_mailbox", "the address that mail arrives at: lower case, without `+tag`, for Gmail also without dots; missing when it is no address", [['email_mailbox("J.Doe+shop@GoogleMail.com")', '"jdoe@gmail.com"'], ['email_mailbox("j.doe+a@mail.example")', '"j.doe@mail.example"']], mailbox),
  reads("phone_e164", "the number as `+` and digits (E.164), with its country code written as `+` or `00`; missing without one", [['phone_e164("0049 (30) 1234-567")', '"+49301234567"'], ['phone_e164("030 1234567")', "missing: not a telephone number with its country"]], phone),
  asks("iban_valid", "whether country, length and check digits of the account number are right; spaces do not count", [['iban_valid("GB29 NWBK 6016 1331 9268 19")', "true"], ['iban_valid("GB29 NWBK 6016 1331 9268 18")', "false"]], (text) => iban(text) !== undefined),
  reads("iban_country", "the country of a valid account number; missing when it is not valid", [['iban_country("DE89 3704 0044 0532 0130 00")', '"DE"']], (text) => iban(text)?.slice(0, 2) ?? NO_IBAN),
  asks("luhn", "whether the last digit is the check digit of the others, as on cards; spaces and hyphens do not count", [['luhn("4111 1111 1111 1111")', "true"], ['luhn("79927398713")', "true"], ['luhn("79927398710")', "false"]], luhn),
  fixed(
    { name: "card_bin", signature: "card_bin(string[, digits]) → string", doc: "the first 6 or 8 digits of a card number, which name its issuer (6 unless told); missing when it has not 12 to 19 digits", examples: [['card_bin("4111 1111 1111 1111")', '"411111"'], ['card_bin("4111111111111111", 8)', '"41111111"']] },
    ["string", "number"],
    STRING,
    (text, size = 6) => bin(text as string, size as number),
    1,
  ),
  reads("card_scheme", "`visa mastercard amex discover jcb diners unionpay maestro` or `other`, by the first digits of a card number; missing when it has not 12 to 19 digits", [['card_scheme("378282246310005")', '"amex"']], scheme),
  reads("sha256", "the SHA-256 of the text in UTF-8, as 64 hexadecimal digits", [['sha256("abc").substring(0, 16)', '"ba7816bf8f01cfea"']], (text) => sha256(text).toString("hex")),
  fixed(
    { name: "bucket", signature: "bucket(string, count) → number", doc: "a number from 0 up to `count`, which is left out, always the same for a text: the first 48 bits of its SHA-256 by `count`", examples: [['bucket("customer-17", 100) == bucket("customer-17", 100)', "true"], ['bucket("abc", 1_000)', "593"]] },
    ["string", "number"],
    NUMBER,
    (text, count) => bucket(text as string, count as number),
  ),
];
