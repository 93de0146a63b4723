import { writeFileSync } from "node:fs";
import type { ISerializedGast } from "chevrotain";
import { RuleParser } from "./parser.ts";

/*
 * Railroad diagrams of the grammar, drawn from the productions that the parser has recorded of itself, so that they cannot
 * differ from it. `node grammar/diagrams.ts` writes diagrams.html, one page without scripts that loads nothing.
 */

/** A drawn piece: it is entered at the left and left at the right, both on the height `rail` below its top. */
interface Piece {
  readonly width: number;
  readonly height: number;
  readonly rail: number;
  /** SVG at a place; (x, y) is the top left corner. */
  readonly draw: (x: number, y: number) => string;
}

/** Measures in pixels. */
const LETTER = 7.4;
const BOX_HEIGHT = 24;
const GAP = 12;
const BEND = 10;

/** Rules for mistakes that are understood or skipped; they are no part of the language. */
const NOT_LANGUAGE: ReadonlySet<string> = new Set(["skipped", "loneExpression"]);
const NOT_LANGUAGE_TOKENS: ReadonlySet<string> = new Set(["Like", "Between"]);

/** What is written in the box of a token that is no word and no sign. */
const TOKEN_LABELS: Readonly<Record<string, string>> = {
  Name: "name",
  Text: "text",
  Number: "number",
  HexNumber: "0x…",
  Quantity: "number with unit",
  Money: "amount of money",
  Timestamp: "date",
  Operator: "or || and && == != < <= > >= .. + - * / %",
};

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return x1 === x2 && y1 === y2 ? "" : `<path d="M${x1} ${y1}L${x2} ${y2}"/>`;
}

/** From one height to another, within `BEND` × 2 to the right, with round corners. */
function bend(x: number, from: number, to: number): string {
  if (from === to) return line(x, from, x + BEND * 2, to);
  const turn = to > from ? 1 : -1;
  const r = Math.min(BEND, Math.abs(to - from) / 2);
  return `<path d="M${x} ${from}h${BEND - r}q${r} 0 ${r} ${r * turn}V${to - r * turn}q0 ${r * turn} ${r} ${r * turn}h${BEND - r}"/>`;
}

function box(label: string, kind: "word" | "token" | "rule"): Piece {
  const width = Math.ceil(label.length * LETTER) + 20;
  return {
    width,
    height: BOX_HEIGHT,
    rail: BOX_HEIGHT / 2,
    draw: (x, y) => {
      const shape = `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${BOX_HEIGHT}"${kind === "rule" ? "" : ' rx="12"'}/>`;
      const text = `<text x="${x + width / 2}" y="${y + 16}">${escape(label)}</text>`;
      return kind === "rule" ? `<a href="#${label}">${shape}${text}</a>` : shape + text;
    },
  };
}

const SKIP: Piece = { width: 0, height: BOX_HEIGHT, rail: BOX_HEIGHT / 2, draw: () => "" };

function row(pieces: readonly Piece[]): Piece {
  if (pieces.length === 0) return SKIP;
  const rail = Math.max(...pieces.map((piece) => piece.rail));
  const below = Math.max(...pieces.map((piece) => piece.height - piece.rail));
  const width = pieces.reduce((sum, piece) => sum + piece.width, 0) + GAP * (pieces.length - 1);
  return {
    width,
    height: rail + below,
    rail,
    draw: (x, y) => {
      let at = x;
      return pieces
        .map((piece, i) => {
          const joint = i === 0 ? "" : line(at - GAP, y + rail, at, y + rail);
          const drawn = joint + piece.draw(at, y + rail - piece.rail);
          at += piece.width + GAP;
          return drawn;
        })
        .join("");
    },
  };
}

/** One of several ways, the first on the straight line. */
function choice(pieces: readonly Piece[]): Piece {
  const [first] = pieces;
  if (first === undefined) return SKIP;
  if (pieces.length === 1) return first;
  const inner = Math.max(...pieces.map((piece) => piece.width));
  const height = pieces.reduce((sum, piece) => sum + piece.height, 0) + 8 * (pieces.length - 1);
  return {
    width: inner + BEND * 4,
    height,
    rail: first.rail,
    draw: (x, y) => {
      const rail = y + first.rail;
      let top = y;
      return pieces
        .map((piece) => {
          const at = top + piece.rail;
          top += piece.height + 8;
          const end = x + BEND * 2 + piece.width;
          const drawn = piece.draw(x + BEND * 2, at - piece.rail);
          return bend(x, rail, at) + drawn + line(end, at, x + BEND * 2 + inner, at) + bend(x + BEND * 2 + inner, at, rail);
        })
        .join("");
    },
  };
}

/** The piece once or more; the way back below carries what stands between two rounds. */
function loop(piece: Piece, between: Piece): Piece {
  const inner = Math.max(piece.width, between.width);
  const drop = piece.height + 8;
  return {
    width: inner + BEND * 4,
    height: drop + between.height,
    rail: piece.rail,
    draw: (x, y) => {
      const rail = y + piece.rail;
      const back = y + drop + between.rail;
      const [left, right] = [x + BEND * 2, x + BEND * 2 + inner];
      const down = back - rail;
      return [
        line(x, rail, left, rail),
        piece.draw(left, y),
        line(left + piece.width, rail, right + BEND * 2, rail),
        `<path d="M${right} ${rail}q${BEND} 0 ${BEND} ${BEND}v${down - BEND * 2}q0 ${BEND} ${-BEND} ${BEND}H${left + between.width}"/>`,
        between.draw(left, y + drop),
        `<path d="M${left} ${back}q${-BEND} 0 ${-BEND} ${-BEND}v${BEND * 2 - down}q0 ${-BEND} ${BEND} ${-BEND}"/>`,
      ].join("");
    },
  };
}

function terminal(name: string, label: string | undefined): Piece {
  const word = /^"(.*)"$/.exec(name)?.[1];
  if (word !== undefined) return box(word, "word");
  const text = TOKEN_LABELS[name];
  return text === undefined ? box(label ?? name, "word") : box(text, "token");
}

/** The pattern of a sign is its text; of everything else there is a label above. */
function signOf(node: Node): string | undefined {
  return typeof node.pattern === "string" ? node.pattern : undefined;
}

/** What all of Chevrotain's serialized productions have in common. */
interface Node {
  readonly type: ISerializedGast["type"];
  readonly name?: string | undefined;
  readonly pattern?: unknown;
  readonly definition?: readonly Node[];
  readonly separator?: Node | undefined;
}

/** Whether a part of the grammar is there only to understand or skip mistakes. */
function isMistake(node: Node): boolean {
  if (node.type === "Terminal") return NOT_LANGUAGE_TOKENS.has(node.name ?? "");
  if (node.type === "NonTerminal") return NOT_LANGUAGE.has(node.name ?? "");
  return node.type === "Alternative" && (node.definition ?? []).length > 0 && (node.definition ?? []).every(isMistake);
}

function draw(node: Node): Piece {
  const parts = (node.definition ?? []).filter((part) => !isMistake(part));
  const body = (): Piece => row(parts.map(draw));
  switch (node.type) {
    case "Terminal":
      return terminal(node.name ?? "", signOf(node));
    case "NonTerminal":
      return box(node.name ?? "", "rule");
    case "Option":
      return choice([body(), SKIP]);
    case "Alternation":
      return choice(parts.map(draw));
    case "Repetition":
      return choice([loop(body(), SKIP), SKIP]);
    case "RepetitionMandatory":
      return loop(body(), SKIP);
    case "RepetitionWithSeparator":
      return choice([loop(body(), separator(node)), SKIP]);
    case "RepetitionMandatoryWithSeparator":
      return loop(body(), separator(node));
    default:
      return body();
  }
}

function separator(node: Node): Piece {
  return node.separator === undefined ? SKIP : draw(node.separator);
}

function figure(rule: Node): string {
  const piece = draw(rule);
  const [width, height] = [piece.width + 48, piece.height + 16];
  const rail = 8 + piece.rail;
  const ends = `<circle cx="10" cy="${rail}" r="4"/><circle cx="${width - 10}" cy="${rail}" r="4"/>`;
  const drawn = line(14, rail, 24, rail) + piece.draw(24, 8) + line(24 + piece.width, rail, width - 14, rail);
  const name = rule.name ?? "";
  return `<section id="${name}">\n<h2>${name}</h2>\n<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}">${ends}${drawn}</svg>\n</section>`;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#fff}
h2{font-size:1rem;margin:1.5rem 0 .25rem}
section{overflow-x:auto}
path{fill:none;stroke:#1c2733;stroke-width:1.5}
circle{fill:#1c2733}
rect{stroke:#1c2733}
.word{fill:#e3eefb}.token{fill:#eef5e4}.rule{fill:#fdf3dc}
text{font:12px ui-monospace,monospace;text-anchor:middle;fill:#1c2733}
a:hover rect{stroke-width:2}`;

/** The page of diagrams, a section a rule, in the order in which the grammar is written. */
export function diagrams(parser: RuleParser): string {
  const rules = (parser.getSerializedGastProductions() as readonly Node[]).filter((rule) => !NOT_LANGUAGE.has(rule.name ?? ""));
  const order = [...rules.filter((rule) => rule.name === "ruleFile"), ...rules.filter((rule) => rule.name !== "ruleFile")];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Grammar of the rule language</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>Grammar of the rule language</h1>
<p>Words and signs are blue, kinds of text green, rules yellow: they lead to their own diagram. Made from the parser by <code>node grammar/diagrams.ts</code>.</p>
${order.map(figure).join("\n")}
</body>
</html>
`;
}

if (import.meta.main) writeFileSync(new URL("diagrams.html", import.meta.url), diagrams(new RuleParser(true)));
