/*
 * What is told of the words of the language while they are written. Functions and units have tables of their own in
 * `types`; here is what only the reference tells otherwise.
 */

type Words = ReadonlyMap<string, string>;

export const AGGREGATES: Words = new Map([
  ["count", "how many events; 0 for none"],
  ["sum", "the sum of a field; 0 for no events"],
  ["average", "the mean of a field; missing for no events"],
  ["min", "the least value of a field; missing for no events"],
  ["max", "the greatest value of a field; missing for no events"],
  ["distinct", "how many different values of a field; 0 for no events"],
  ["exists", "whether there is an event; false for none"],
  ["last", "the newest event: `.value` of the field and `.at`; missing for no events"],
  ["first", "the oldest event: `.value` of the field and `.at`; missing for no events"],
  ["change", "the newest value minus the oldest"],
  ["stddev", "the standard deviation of a field"],
  ["percentile", "`percentile(95) of …`: the value that this share of the values does not exceed"],
  ["rate", "events per second, or how fast a field changes per second"],
]);

export const SIMPLE_TYPES: Words = new Map([
  ["string", "text"],
  ["bool", "true or false"],
  ["number", "a number, with a unit in brackets: `number[degC]`"],
  ["money", "an exact amount with its currency: `5.00 USD`; `money[EUR]` takes one currency only"],
  ["timestamp", "a time to the millisecond"],
  ["duration", "a length of time: `5m`, `24h`"],
  ["ip", "an address, version 4 or 6"],
  ["cidr", "a block of addresses"],
  ["geo", "a place: `.lat` and `.lon` in degrees"],
]);

export const ANNOTATIONS: Words = new Map([
  ["id", "the id of the event: a retry carries the same"],
  ["time", "when the event happened; windows and clocks go by it"],
  ["key", "features may be kept by this field"],
  ["pii", "personal data: kept out of reasons, effects and telemetry unless masked"],
]);

export const POLICIES: Words = new Map([
  ["worst", "all rules are asked; the worst outcome counts"],
  ["first", "the first rule that matches decides"],
  ["sum", "scores are added up and compared with the thresholds"],
  ["unique", "one rule may match; several are told as a fault and the worst counts"],
  ["all", "as `worst`, and the answer carries every outcome"],
]);

export const TABLE_POLICIES: Words = new Map([
  ["first", "the first row that fits decides"],
  ["unique", "one row may fit"],
  ["all", "all rows that fit count"],
]);

export const MODES: Words = new Map([
  ["live", "the rule decides"],
  ["shadow", "the rule is asked and reported, without effect"],
  ["off", "the rule is not asked"],
]);

export const TABLE_OUTPUTS: Words = new Map([
  ["then", "the outcome of the row"],
  ["score", "the score of the row"],
  ["reason", "the reason of the row"],
  ["notice", "what the customer is told"],
  ["tags", "tags of the row"],
]);

/** What a word that begins something is for. */
export const KEYWORDS: Words = new Map([
  ["import", "names from another file of the folder: `import a, b from \"lists.risk\"`"],
  ["event", "what arrives to be decided, field by field"],
  ["list", "values to be asked with `in`: written here, in a file, or managed while the service runs"],
  ["rates", "rates of exchange for `convert`"],
  ["function", "an expression with parameters"],
  ["feature", "a number over the events of a window"],
  ["ruleset", "rules that decide one kind of event"],
  ["test", "events and what is expected of their decision"],
  ["outcomes", "from best to worst: `outcomes allow < review < decline`"],
  ["policy", "how the rules that match become one outcome"],
  ["default", "the outcome when no rule matches"],
  ["thresholds", "the outcome from a score on: `thresholds review at 50`"],
  ["let", "a name for an expression; sees what stands above it"],
  ["rule", "a condition and what follows from it"],
  ["table", "a decision table: a row is a rule"],
  ["when", "the condition"],
  ["clear", "`clear when …`: until then a rule that has fired goes on matching"],
  ["then", "the outcome"],
  ["score", "what the rule adds to the score"],
  ["reason", "a code and a text with values, for the analyst"],
  ["notice", "a code and a fixed text, for the customer"],
  ["tags", "words to find decisions by"],
  ["do", "an effect: `do add … to …`, `do remove … from …`, `do emit …`"],
  ["cooldown", "silence after a match"],
  ["on", "`on missing …`: what a condition that ends missing means"],
  ["mode", "`live`, `shadow` or `off`"],
  ["rollout", "the share of keys for which the rule is asked"],
  ["active", "from when until when the rule is asked"],
  ["owner", "who answers for the rules"],
  ["review", "`review by DATE`: when the rule is to be looked at again"],
  ["was", "names that the rule had before"],
  ["given", "what happened before"],
  ["expect", "what the decision must be"],
  ["clock", "when the test plays"],
  ["cases", "the event above once for each row"],
  ["by", "the keys that events are kept by"],
  ["over", "how long the window is"],
  ["where", "which events count"],
  ["ending", "`ending 7d ago`: the window ends in the past"],
  ["lateness", "how late an event may come and still find its whole window; 5m unless given"],
  ["excluding", "`excluding current`: without the event being decided"],
  ["is", "`is missing`, `is present`"],
  ["in", "one of a list, or between two values: `in 1..5`"],
]);
