/*
 * Rule files that the service is edited to and fro between. They decide alike but for the score of `told`, by which a
 * decision says under which of them it was made, so what is expected does not hang on when an edit took hold.
 */

const common = (tx: string, score: number, more = ""): string => `
event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: number
}
list watched: string managed
feature ${tx} = count of payment by card over 30d
feature card_sum = sum of payment.amount by card over 30d
feature card_hour = count of payment by card over 1h
${more}
ruleset cards on payment {
  outcomes allow < review < decline
  rule told { when amount >= 0 score ${score} reason R0 "{${tx}} {card_sum} {card_hour}" }
  rule big { when amount > 900 then review reason R1 "big" do add card to watched }
  rule known { when card in watched then decline reason R2 "watched" }
  rule first { when amount > 500 then review cooldown 10m by card reason R3 "first" }
  rule held { when amount > 200 for 3m by card then review reason R4 "held" }
  rule latched { when amount > 700 for 2m by card then review clear when amount < 100 for 1m reason R5 "latched" }
`;

export interface Variant {
  readonly text: string;
  readonly score: number;
  /** What the feature `card_tx` is called. */
  readonly tx: string;
  /** Whether it has the features `card_week` and `card_top`. */
  readonly more: boolean;
}

const plain = (score: number): Variant => ({ text: `${common("card_tx", score)}}\n`, score, tx: "card_tx", more: false });

const MORE = `feature card_week = count of payment by card over 7d
feature card_top = max of payment.amount by card over 7d`;

/** Another number, a renamed feature, another spelling: all of them keep what was counted. */
export const KEEPING: readonly Variant[] = [
  plain(1),
  plain(2),
  { text: `${common("tx_of_card", 3)}}\n`, score: 3, tx: "tx_of_card", more: false },
  { text: `// spelt otherwise\n${common("card_tx", 4).replaceAll("\n  rule", "\n\n  rule")}}\n`, score: 4, tx: "card_tx", more: false },
];

/** Two features more, which have to be filled from the log before it is active. */
export const FILLING: Variant = {
  text: `${common("card_tx", 5, MORE)}  rule week { when amount >= 0 then allow reason R6 "{card_week} {card_top}" }\n}\n`,
  score: 5,
  tx: "card_tx",
  more: true,
};

/** Changes nothing but the status. */
export const BROKEN = `${common("card_tx", 6)}  rule broken { when nothing > 1 then review }\n}\n`;
