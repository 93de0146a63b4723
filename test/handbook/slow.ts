import type { Row } from "./stream.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Rows by customer and by terminal, each in file order. */
export class History {
  readonly #customers = new Map<number, Row[]>();
  readonly #terminals = new Map<number, Row[]>();
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    for (const row of rows) {
      push(this.#customers, row.customer, row);
      push(this.#terminals, row.terminal, row);
    }
  }

  /** The features of row number `index`, by plain loops over everything its customer and terminal did before. */
  features(index: number): Readonly<Record<string, number | null>> {
    const now = this.#rows[index] as Row;
    const mine = upTo(this.#customers.get(now.customer) ?? [], now);
    const place = upTo(this.#terminals.get(now.terminal) ?? [], now);
    const within = (rows: readonly Row[], length: number, ago = 0): readonly Row[] =>
      rows.filter((row) => row.at > now.at - ago - length && row.at <= now.at - ago);
    const cents = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + row.cents, 0);
    const before = within(mine, 30 * DAY).filter((row) => row !== now);
    return {
      customer_1h: within(mine, HOUR).length,
      customer_1d: within(mine, DAY).length,
      customer_7d: within(mine, 7 * DAY).length,
      customer_30d: within(mine, 30 * DAY).length,
      spend_1d: cents(within(mine, DAY)),
      terminals_1d: new Set(within(mine, DAY).map((row) => row.terminal)).size,
      terminal_7d: within(place, 7 * DAY, 7 * DAY).length,
      terminal_frauds_7d: within(place, 7 * DAY, 7 * DAY).filter((row) => row.fraud).length,
      mean_30d: before.length === 0 ? null : cents(before) / before.length,
      previous_30d: before.length,
    };
  }
}

function push(map: Map<number, Row[]>, key: number, row: Row): void {
  const rows = map.get(key);
  if (rows === undefined) map.set(key, [row]);
  else rows.push(row);
}

/** Rows up to and with this one: at equal seconds file order decides. */
function upTo(rows: readonly Row[], now: Row): readonly Row[] {
  return rows.slice(0, rows.indexOf(now) + 1);
}
