/** A cell: text stands left, numbers and what is `right` stand right. */
export type Cell = string | number;

/** Rows below their heads, columns as wide as they need to be, for people. */
export function tableText(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => heads.map((_, i) => String(row[i] ?? "")));
  const widths = heads.map((head, i) => Math.max([...head].length, ...texts.map((row) => [...(row[i] ?? "")].length)));
  const rightly = heads.map((_, i) => rows.every((row) => isNumeric(row[i])));
  const line = (cells: readonly string[]): string => cells.map((cell, i) => (rightly[i] === true ? padStart(cell, widths[i] ?? 0) : padEnd(cell, widths[i] ?? 0))).join("  ").trimEnd();
  return `${[line(heads), ...texts.map(line)].join("\n")}\n`;
}

function isNumeric(cell: Cell | undefined): boolean {
  return cell === undefined || cell === "" || typeof cell === "number" || /^[-–≥≤<>~]?\s?[\d,.]+/.test(cell) || cell === "–";
}

function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - [...text].length)) + text;
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - [...text].length));
}

/** Three digits that count, thousands apart: `0.0123`, `4.56`, `1,230`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(Number(value.toPrecision(size >= 1e6 ? 4 : 3))).toLocaleString("en-US");
  return Number(value.toPrecision(3)).toString();
}
