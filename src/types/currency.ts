/** ISO 4217 codes in use (list one, funds and metals left out) whose minor unit is a hundredth. */
const TWO_DIGITS =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC " +
  "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES " +
  "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR " +
  "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT " +
  "TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
const NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND";
const FOUR_DIGITS = "CLF UYW";

const DIGITS: ReadonlyMap<string, number> = new Map(
  [NO_DIGITS, "", TWO_DIGITS, THREE_DIGITS, FOUR_DIGITS].flatMap((codes, digits) =>
    codes === "" ? [] : codes.split(" ").map((code): [string, number] => [code, digits]),
  ),
);

/** All codes, as an editor offers them. */
export const CURRENCY_CODES: readonly string[] = [...DIGITS.keys()].toSorted();

/** Digits after the point that an amount of this currency has, 0 to 4; undefined for an unknown code. */
export function minorDigits(currency: string): number | undefined {
  return DIGITS.get(currency);
}
