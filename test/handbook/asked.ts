/* What is asked of the Handbook's transactions: one table, from which the rule text is written and the plain loops read. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type Fold =
  | "count"
  | "exists"
  | "rate"
  | "sum"
  | "average"
  | "min"
  | "max"
  | "first"
  | "last"
  | "change"
  | "stddev"
  | "percentile"
  | "distinct";

export interface Asked {
  readonly name: string;
  readonly key: "customer" | "terminal" | "pair";
  readonly fold: Fold;
  /** `amount` is money, `value` the same as a number. */
  readonly of: "amount" | "value" | "customer" | "terminal" | null;
  readonly percent: number;
  readonly over: number;
  readonly ago: number;
  readonly frauds: boolean;
  readonly excluding: boolean;
}

type Part = readonly [fold: Fold, of: Asked["of"], percent?: number];

const EVENTS: readonly Part[] = [["count", null], ["exists", null], ["rate", null]];
const AMOUNTS: readonly Part[] = [
  ["sum", "amount"], ["average", "amount"], ["min", "amount"], ["max", "amount"], ["first", "amount"], ["last", "amount"],
  ["change", "amount"], ["stddev", "amount"], ["percentile", "amount", 95], ["percentile", "amount", 50],
];
const VALUES: readonly Part[] = [["sum", "value"], ["average", "value"], ["stddev", "value"], ["rate", "value"]];

function ask(key: Asked["key"], over: number, parts: readonly Part[], rest: Partial<Pick<Asked, "ago" | "frauds" | "excluding">> = {}): readonly Asked[] {
  const { ago = 0, frauds = false, excluding = false } = rest;
  const window = `${key}_${over / HOUR}h${ago === 0 ? "" : `_${ago / HOUR}h_ago`}${frauds ? "_frauds" : ""}${excluding ? "_before" : ""}`;
  return parts.map(([fold, of, percent = 0]) => ({
    name: `${fold}${of === null ? "" : `_${of}`}${percent === 0 ? "" : `_${percent}`}_${window}`, key, fold, of, percent, over, ago, frauds, excluding,
  }));
}

export const ASKED: readonly Asked[] = [
  ...[HOUR, DAY, 30 * DAY].flatMap((over) => ask("customer", over, [...EVENTS, ...AMOUNTS, ...VALUES, ["distinct", "terminal"]])),
  ...ask("customer", 7 * DAY, [["count", null], ["sum", "amount"], ["stddev", "amount"], ["distinct", "terminal"]]),
  ...ask("customer", 7 * DAY, [["count", null], ["sum", "amount"], ["last", "amount"]], { frauds: true }),
  ...ask("customer", 30 * DAY, [["count", null], ["sum", "amount"], ["average", "amount"], ["max", "amount"], ["last", "amount"], ["distinct", "terminal"]], { excluding: true }),
  ...ask("terminal", DAY, [["count", null], ["sum", "value"], ["distinct", "customer"], ["max", "amount"]]),
  ...[7 * DAY, 30 * DAY].flatMap((over) => ask("terminal", over, [...EVENTS, ...AMOUNTS, ["distinct", "customer"]], { ago: 7 * DAY })),
  ...ask("terminal", 30 * DAY, [["count", null], ["sum", "amount"]], { ago: 7 * DAY, frauds: true }),
  ...ask("pair", 30 * DAY, [["count", null], ["exists", null], ["last", "amount"], ["sum", "value"]], { excluding: true }),
];

/** The rules that ask it: every feature is read by the comparison, so no rule needs to. */
export function ruleText(): string {
  const features = ASKED.map(({ name, key, fold, of, percent, over, ago, frauds, excluding }) => {
    const folded = `${fold}${fold === "percentile" ? `(${percent})` : ""} of transaction${of === null ? "" : `.${of}`}`;
    const window = `over ${over / HOUR}h${ago === 0 ? "" : ` ending ${ago / HOUR}h ago`}${frauds ? " where fraud" : ""}${excluding ? " excluding current" : ""}`;
    return `feature ${name} = ${folded} by ${key === "pair" ? "customer, terminal" : key} ${window}`;
  });
  return `event transaction {
  id: number @id
  at: timestamp @time
  amount: money
  value: number
  customer: number @key
  terminal: number @key
  fraud: bool
}
${features.join("\n")}
ruleset card on transaction {
  outcomes ok < decline
  policy worst
  rule large { when amount > 220 USD then decline reason H1 "{amount}" }
}
`;
}

/** The columns as fields; times carry no zone. */
export const MAPPING = `type: transaction
time_zone: UTC
fields:
  id: TRANSACTION_ID
  at: TX_DATETIME
  amount: { column: TX_AMOUNT, format: money USD }
  value: TX_AMOUNT
  customer: CUSTOMER_ID
  terminal: TERMINAL_ID
  fraud: TX_FRAUD
`;
