/*
 * The words that a record is found by. Each is a name out of a rule file, so there are few of them, and the writer keeps
 * a number for each.
 */

export const typeMark = (type: string): string => `t:${type}`;
export const outcomeMark = (ruleset: string, outcome: string): string => `o:${ruleset}:${outcome}`;
export const ruleMark = (rule: string): string => `r:${rule}`;

interface Marked {
  readonly type: string;
  readonly decisions: Readonly<Record<string, { readonly outcome: string; readonly rules: readonly { readonly id: string }[] }>>;
}

/** What a decision is found by: its type, the outcome of each ruleset and the rules that matched. */
export function decisionMarks({ type, decisions }: Marked): string[] {
  const marks = [typeMark(type)];
  for (const [ruleset, { outcome, rules }] of Object.entries(decisions)) {
    marks.push(outcomeMark(ruleset, outcome));
    for (const { id } of rules) if (!marks.includes(ruleMark(id))) marks.push(ruleMark(id));
  }
  return marks;
}
