/*
 * The words that a record is found by. Each is a name out of a rule file, so there are few of them, and the writer keeps
 * a number for each.
 */

export const typeMark = (type: string): string => `t:${type}`;
export const outcomeMark = (ruleset: string, outcome: string): string => `o:${ruleset}:${outcome}`;
export const ruleMark = (rule: string): string => `r:${rule}`;

interface Marked<Hit> {
  readonly type: string;
  readonly decisions: Readonly<Record<string, { readonly outcome: string; readonly rules: readonly Hit[] }>>;
}

interface MarkedHit {
  readonly id: string;
}

/** What a decision is found by: its type, the outcome of each ruleset and the rules that matched. `markOf` yields the `ruleMark` of a hit. */
export function decisionMarks<Hit extends MarkedHit>({ type, decisions }: Marked<Hit>, markOf: (hit: Hit) => string = ({ id }) => ruleMark(id)): string[] {
  const marks = [typeMark(type)];
  for (const ruleset in decisions) {
    const { outcome, rules } = decisions[ruleset] as Marked<Hit>["decisions"][string];
    marks.push(outcomeMark(ruleset, outcome));
    // Rows of one table stand together, and the log notes a mark once however often it is told.
    let before: string | null = null;
    for (const hit of rules) {
      if (hit.id !== before) marks.push(markOf(hit));
      before = hit.id;
    }
  }
  return marks;
}
