import type { Type } from "../../src/types/type.ts";
import { ABSENT, isList, places, type Answer, type Cash, type Latest, type Place, type Plain } from "./values.ts";

/** A value as a reason shows it. */
export function show(value: Answer, type: Type): string {
  if (value === ABSENT) return "missing";
  switch (type.kind) {
    case "number":
      return `${showNumber(value as number)}${type.unit?.text.replace("delta ", "") ?? ""}`;
    case "money":
      return showCash(value as Cash, Math.round((value as Cash).minor));
    case "timestamp":
      return showTime(value as number);
    case "duration":
      return showSpan(Math.round(value as number));
    case "ip":
    case "cidr":
      return (value as { readonly text: string }).text;
    case "geo":
      return `${(value as Place).lat},${(value as Place).lon}`;
    case "list":
      return `[${(value as readonly Plain[]).map((item) => show(item, type.element)).join(", ")}]`;
    case "map":
      return `{${[...(value as ReadonlyMap<Plain, Plain>)].map(([key, item]) => `${show(key, type.key)}: ${show(item, type.value)}`).join(", ")}}`;
    case "record": {
      const held = type.fields.find((field) => field.name === "value");
      const { value: last, at } = value as Latest;
      return `${held === undefined ? "event" : show(last, held.type)} at ${showTime(at)}`;
    }
    default:
      return typeof value === "string" ? value : JSON.stringify(value);
  }
}

function showNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

function showCash({ currency }: Cash, minor: number): string {
  return currency === "" ? "0" : `${decimal(minor, places(currency))} ${currency}`;
}

/** Minor units as decimal text with at least so many places. */
function decimal(minor: number, digits: number): string {
  const sign = minor < 0 ? "-" : "";
  if (Number.isInteger(minor)) {
    const scale = 10n ** BigInt(digits);
    const whole = BigInt(Math.abs(minor));
    const fraction = digits === 0 ? "" : `.${String(whole % scale).padStart(digits, "0")}`;
    return `${sign}${whole / scale}${fraction}`;
  }
  const text = String(minor / 10 ** digits);
  const [whole = "", fraction = ""] = text.split(".");
  return text.includes("e") ? text : `${whole}.${fraction.padEnd(digits, "0")}`;
}

export function showTime(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

export function showSpan(span: number): string {
  if (span === 0 || !Number.isFinite(span)) return span === 0 ? "0s" : String(span);
  const sizes = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "m"], [1_000, "s"]] as const;
  let rest = Math.abs(span);
  let text = span < 0 ? "-" : "";
  for (const [size, unit] of sizes) {
    if (rest >= size) text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return rest === 0 ? text : `${text}${rest}ms`;
}

/** A value as an answer carries it; null where it is missing. */
export function json(value: Answer, type: Type): unknown {
  if (value === ABSENT || value === null) return null;
  if (type.kind === "number") return Number.isFinite(value) ? value : (value as number).toString();
  if (type.kind === "money") {
    const { minor, currency } = value as Cash;
    return { amount: decimal(minor, currency === "" ? 0 : places(currency)), currency: currency === "" ? null : currency };
  }
  if (type.kind === "timestamp") return showTime(value as number);
  if (type.kind === "duration") return showSpan(value as number);
  if (type.kind === "geo") return { lat: (value as Place).lat, lon: (value as Place).lon };
  if (type.kind === "ip" || type.kind === "cidr") return (value as { readonly text: string }).text;
  if (type.kind === "list" && isList(value)) return value.map((item) => json(item, type.element));
  if (type.kind === "map") return Object.fromEntries([...(value as ReadonlyMap<Plain, Plain>)].map(([key, item]) => [key as string, json(item, type.value)]));
  if (type.kind === "record") {
    const held = type.fields.find((field) => field.name === "value");
    const { value: last, at } = value as Latest;
    return { value: held === undefined ? null : json(last, held.type), at: showTime(at) };
  }
  return value;
}
