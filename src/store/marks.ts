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
  for (const ruleset in decisions) {
    const { outcome, rules } = decisions[ruleset] as Marked["decisions"][string];
    marks.push(outcomeMark(ruleset, outcome));
    // Rows of one table stand together, and the log notes a mark once however often it is told.
    let before: string | null = null;
    for (const { id } of rules) {
      if (id !== before) marks.push(ruleMark(id));
      before = id;
    }
  }
  return marks;
}
