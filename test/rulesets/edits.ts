import type { Rng } from "../random.ts";

/*
 * What people do to rule files: small changes of their text, some of which break it and some of which mend it again.
 */

export const EVENTS = `event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: number
  price: money?
  country: string
}
list bad: string = ["KP", "IR"]
function twice(x: number): number = x * 2
feature often = count of payment by card over 1h
feature much = sum of payment.amount by card over 1d where country not in bad
`;

/** Some with lets and functions, which take slots; some that read features; some that name a currency. */
const CONDITIONS = [
  "amount > N",
  "often >= N",
  "much > N and country in bad",
  "twice(amount) > N",
  "total > N",
  "half > N or amount == N",
  "price > N.00 USD",
  "price > N.00 EUR",
  'country == "C"',
  "country is missing or amount > N",
  "[amount, total].exists(x, x > N)",
];

/** What an edit may break. */
const BROKEN = ["rule x { when amuont > 1 then stop }", "rule x { when amount > then stop }", "}", "{", '"', '"""', "rule x { when amount > 1 then never }", "/* no comment */", "rule", "..", "==", "ruleset other on payment {", "import nobody from \"events.risk\""];

/** What changes nothing but where things stand. */
const BLANK = ["", "  ", "// a comment", "  /// documentation", "// rule r0 { when amount > 1 then stop }"];

function rule(rng: Rng, name: string): string {
  const when = rng.pick(CONDITIONS).replaceAll("N", String(rng.below(500)));
  const more = rng.chance(0.05) ? ` was old_${rng.below(9)}` : rng.chance(0.05) ? " mode off" : rng.chance(0.05) ? " cooldown 5m" : "";
  const gap = rng.chance(0.2) ? "\n    " : " ";
  return `  rule ${name} { when ${when}${gap}then stop score ${rng.below(9)} reason R "${rng.chance(0.5) ? "{amount} of {often}" : "ключ 🔑"}"${more} }`;
}

function table(rng: Rng): string {
  return `  table t${rng.below(3)} all {\n    | amount | country |\n    | > ${rng.below(99)} | "A" | => stop\n    | - | in bad | => stop\n  }`;
}

/** A file of one or two rulesets, perhaps with tests. */
export function file(rng: Rng, name: string, size: number): string {
  const rulesets = [name, ...(rng.chance(0.3) ? [`${name}_too`] : [])].map((each) => {
    const rules = Array.from({ length: 2 + rng.below(size) }, (_, i) => rule(rng, `r${i}`));
    const lets = [rng.chance(0.7) ? "  let total = amount + much" : "  let total = amount * 3 + often", "  let half = total / 2"];
    const test = rng.chance(0.3) ? `test "${each}" for ${each} {\n  when payment { card: "c", amount: ${rng.below(900)}, country: "US" }\n  expect ${rng.chance(0.8) ? "score >= 0" : "outcome pass"}\n}\n` : "";
    return `ruleset ${each} on payment {\n  outcomes pass < stop\n${[...lets, ...rules].join("\n")}\n}\n${test}`;
  });
  return `import payment, bad, often, much, twice from "events.risk"\n${rulesets.join("\n")}`;
}

/** A text with one place of it changed. */
export function edited(rng: Rng, text: string): string {
  const lines = text.split("\n");
  const at = rng.below(lines.length);
  const line = lines[at] as string;
  switch (rng.below(10)) {
    case 0:
      return lines.toSpliced(at, 0, rule(rng, `n${rng.below(1_000)}`)).join("\n");
    case 1:
      return lines.toSpliced(at, 1).join("\n");
    case 2:
      return lines.toSpliced(at, 1).toSpliced(rng.below(lines.length), 0, line).join("\n");
    case 3:
      return lines.toSpliced(at, 0, rng.pick(BLANK)).join("\n");
    case 4:
      return lines.with(at, line + rng.pick(BROKEN)).join("\n");
    case 5:
      return lines.toSpliced(at, 0, rng.chance(0.5) ? table(rng) : `  let l${rng.below(5)} = amount + ${rng.below(9)}`).join("\n");
    case 6: {
      const offset = rng.below(text.length);
      return text.slice(0, offset) + rng.pick(" }{\"/\n0ae>,".split("")) + text.slice(offset + rng.below(3));
    }
    default:
      return lines.with(at, line.replace(/\d+/, String(rng.below(700)))).join("\n");
  }
}
