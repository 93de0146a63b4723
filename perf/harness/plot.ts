/** A point of a line: where it stands and how high. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly name: string;
  /** 0 to 3: its colour. */
  readonly colour: number;
  readonly dashed: boolean;
  readonly points: readonly Point[];
}

export interface Plot {
  readonly title: string;
  /** Read aloud where the plot cannot be seen. */
  readonly about: string;
  readonly x: string;
  /** Axis of powers of ten. */
  readonly y: string;
  readonly lines: readonly Line[];
}

const WIDTH = 760;
const HEIGHT = 440;
const LEFT = 64;
const RIGHT = 150;
const TOP = 48;
const BOTTOM = 56;

const STYLE = `
  .page { fill: #ffffff } text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #d0d7de; stroke-width: 1 } .line { fill: none; stroke-width: 2 } .dashed { stroke-dasharray: 5 4; stroke-width: 1.5 }
  .c0 { stroke: #0b62c4; fill: #0b62c4 } .c1 { stroke: #b3460f; fill: #b3460f } .c2 { stroke: #1a7f37; fill: #1a7f37 } .c3 { stroke: #8250df; fill: #8250df }
  path.line { fill: none }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #30363d }
    .c0 { stroke: #6cb6ff; fill: #6cb6ff } .c1 { stroke: #f0975a; fill: #f0975a } .c2 { stroke: #57c26e; fill: #57c26e } .c3 { stroke: #c297ff; fill: #c297ff }
    path.line { fill: none }
  }
`;

/** Steps of 1, 2 or 5 times a power of ten, at most six up to the highest. */
function steps(most: number): readonly number[] {
  const rough = most / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? power;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);
}

function short(value: number): string {
  return value >= 1_000 ? `${value / 1_000}k` : String(value);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Lines over a field of numbers and powers of ten, as an SVG that suits light and dark pages. */
export function plotSvg({ title, about, x, y, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const ticks = steps(Math.max(...points.map((point) => point.x)));
  const right = ticks.at(-1) ?? 1;
  const low = Math.floor(Math.log10(Math.min(...points.map((point) => point.y))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...points.map((point) => point.y)))));
  const atX = (value: number): string => (LEFT + (value / right) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const atY = (value: number): string => (HEIGHT - BOTTOM - ((Math.log10(value) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const columns = ticks.map((tick) => `<line class="grid" x1="${atX(tick)}" x2="${atX(tick)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${atX(tick)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${short(tick)}</text>`);
  const rows = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)).map((value) => {
    const label = Number(value.toPrecision(1));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(value)}" y2="${atY(value)}"/><text x="${LEFT - 8}" y="${Number(atY(value)) + 4}" text-anchor="end">${label}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(about).replaceAll('"', "&quot;")}">
<style>${STYLE}</style>
<rect class="page" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="${LEFT}" y="24">${escaped(title)}</text>
${[...columns, ...rows].join("\n")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escaped(x)}</text>
<text x="${LEFT - 44}" y="${TOP - 10}">${escaped(y)}</text>
${lines.map((line) => lineSvg(line, atX, atY)).join("\n")}
${namesSvg(lines)}
</svg>
`;
}

function lineSvg({ points, colour, dashed }: Line, atX: (value: number) => string, atY: (value: number) => string): string {
  const path = points.map((point, i) => `${i === 0 ? "M" : "L"}${atX(point.x)} ${atY(point.y)}`).join(" ");
  const marks = dashed ? [] : points.map((point) => `<circle class="c${colour}" cx="${atX(point.x)}" cy="${atY(point.y)}" r="3"/>`);
  return `<path class="line c${colour}${dashed ? " dashed" : ""}" d="${path}"/>${marks.join("")}`;
}

/** What is what, beside the field: lines may end anywhere. */
function namesSvg(lines: readonly Line[]): string {
  return lines
    .map(({ name, colour, dashed }, i) => {
      const y = TOP + 8 + i * 20;
      const x = WIDTH - RIGHT + 16;
      return `<path class="line c${colour}${dashed ? " dashed" : ""}" d="M${x} ${y} h20"/><text x="${x + 28}" y="${y + 4}">${escaped(name)}</text>`;
    })
    .join("\n");
}
