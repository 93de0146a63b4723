/** A small folder with all that the language server has to tell apart. */
export const LISTS = `/// Countries that we ship to.
list home_countries: string = ["DE", "FR"]
list blocked_cards: string managed ttl 30d
`;

export const PAYMENTS = `import home_countries, blocked_cards from "lists.risk"

/// Card authorisation request.
event payment {
  id: string @id
  at: timestamp @time
  /// What is paid.
  amount: money
  card: string @key @pii
  customer: string? @key
  country: string
  channel: enum(pos, ecom, moto)
  place: geo?
}
/// Payments of the card in the last hour.
feature card_tx_1h = count of payment by card over 1h
feature usual_amount = average of payment.amount by customer over 90d excluding current
feature last_place = last of payment.place by card over 30d

/// Whether the card is used abroad.
function abroad(p: payment, home: string): bool = p.country != home

ruleset card_payments on payment {
  outcomes allow < review < decline
  policy worst
  default allow
  thresholds review at 50, decline at 80
  /// How far from usual.
  let ratio = amount / usual_amount

  rule burst "Burst 🚀 of payments" {
    when card_tx_1h >= 10 and channel == ecom and country not in home_countries
    then decline
    score 60
    reason R101 "{card_tx_1h} payments, {ratio} of usual"
  }
  rule far {
    when ratio > 5 and abroad(payment, "DE") and card in blocked_cards
    then review
  }
}
`;

export const FILES = { "payments.risk": PAYMENTS, "lists.risk": LISTS };
