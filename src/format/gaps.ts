import type { Edit } from "../text/diagnostic.ts";
import { type Lexeme, lexemesOf } from "../syntax/lexemes.ts";

/** Other spellings of one token. */
const SPELLINGS: Readonly<Partial<Record<string, string>>> = { "&&": "and", "||": "or", "!": "not" };

function meaningOf({ kind, text }: Lexeme): string {
  if (kind === "token") return SPELLINGS[text] ?? text;
  return text.replace(/^(\/+)\s*/, "$1 ").trimEnd();
}

/**
 * The edits that turn a text into its formatted self, each between two tokens or in the spelling of one. Null when the two
 * do not say the same, token by token; the one thing that may go is a comma before a closing bracket.
 */
export function gapEdits(file: string, before: string, after: string): readonly Edit[] | null {
  const edits: Edit[] = [];
  const written = lexemesOf(before);
  const wanted = lexemesOf(after);
  let [from, to] = [0, 0];
  let next = 0;
  const edit = (start: number, end: number, text: string): void => {
    if (before.slice(start, end) === text) return;
    const last = edits.at(-1);
    // `!a` to `not a` is the word and the blank behind it: what touches is one edit.
    if (last?.span.end === start) edits[edits.length - 1] = { span: { ...last.span, end }, text: last.text + text };
    else edits.push({ span: { file, start, end }, text });
  };
  for (let i = 0; i < written.length; i++) {
    const lexeme = written[i] as Lexeme;
    const other = wanted[next];
    const same = other !== undefined && other.kind === lexeme.kind && meaningOf(other) === meaningOf(lexeme);
    if (!same && lexeme.kind === "token" && lexeme.text === "," && closes(written, i + 1)) {
      edit(from, lexeme.end, "");
      from = lexeme.end;
      continue;
    }
    if (!same) return null;
    edit(from, lexeme.start, after.slice(to, other.start));
    edit(lexeme.start, lexeme.end, other.text);
    [from, to] = [lexeme.end, other.end];
    next++;
  }
  edit(from, before.length, after.slice(to));
  return next === wanted.length ? edits : null;
}

function closes(lexemes: readonly Lexeme[], from: number): boolean {
  let at = from;
  while (lexemes[at]?.kind === "comment" || lexemes[at]?.kind === "doc") at++;
  const text = lexemes[at]?.text;
  return text === "]" || text === "}" || text === ")";
}
