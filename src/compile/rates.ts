import type { RatesIr } from "../ir/ir.ts";
import { converter, tableOf, type Converter } from "../types/rates.ts";

/** Builds the tables of the editions, yielding after each. */
export function* linkRates({ name, editions }: RatesIr): Generator<void, Converter> {
  const tables: { from: number; table: ReturnType<typeof tableOf> }[] = [];
  for (const { from, rates } of editions) {
    tables.push({ from, table: tableOf(rates) });
    yield;
  }
  return converter(name, tables);
}
