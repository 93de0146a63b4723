/** Columns that a tab takes in what is shown; editors differ, so it is a fixed number and not a stop. */
const TAB = 4;

/** Marks that sit on the character before them, and characters that show nothing. */
const NARROW = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** Characters that take two columns in a terminal: East Asian wide and full-width forms, and emoji. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]/u;
/** Controls, lone surrogates, and marks that reorder what is read: shown as they are they could fake or break the output. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/u;

/** A character as it is shown, and the columns it takes. */
export interface Cell {
  readonly text: string;
  readonly width: number;
}

/** How one code point is shown. */
export function cellOf(character: string): Cell {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return { text: character, width: 1 };
  if (character === "\t") return { text: " ".repeat(TAB), width: TAB };
  if (UNSAFE.test(character)) return { text: "\uFFFD", width: 1 };
  if (NARROW.test(character)) return { text: character, width: 0 };
  return { text: character, width: WIDE.test(character) ? 2 : 1 };
}

/** Text on one line, safe to show: tabs as spaces, controls and reordering marks as `\uFFFD`. */
export function shown(text: string): string {
  let line = "";
  for (const character of text) line += cellOf(character).text;
  return line;
}
