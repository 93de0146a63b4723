import { minorDigits } from "../types/currency.ts";
import type { Symbols } from "./symbols.ts";

/**
 * The currency that the declarations of a folder name most, of equally many the first; undefined where they name none. It
 * is looked for when it is first asked for, and once.
 */
export function usualCurrency(symbols: Symbols): () => string | undefined {
  let known: { readonly currency: string | undefined } | undefined;
  return () => (known ??= { currency: mostNamed([...symbols.all()].map(({ decl }) => decl)) }).currency;
}

/** Counts the currencies of all amounts and money types in plain trees. */
function mostNamed(roots: readonly unknown[]): string | undefined {
  const counts = new Map<string, number>();
  const pending: unknown[] = roots.toReversed();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== "object" || node === null) continue;
    const currency = currencyOf(node as Readonly<Record<string, unknown>>);
    if (currency !== undefined) counts.set(currency, (counts.get(currency) ?? 0) + 1);
    pending.push(...Object.values(node).filter((part) => typeof part === "object" && part !== null).toReversed());
  }
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}

function currencyOf(node: Readonly<Record<string, unknown>>): string | undefined {
  const { kind, currency, name, argument } = node as { kind?: unknown; currency?: unknown; name?: { name?: unknown }; argument?: { name?: unknown } | null };
  const code = kind === "MoneyLit" ? currency : kind === "NamedType" && name?.name === "money" ? argument?.name : undefined;
  return typeof code === "string" && minorDigits(code) !== undefined ? code : undefined;
}
