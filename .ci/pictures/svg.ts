/** A theme of a reader: ink, lines, paper, and what boxes are filled with. */
const LIGHT = "--ink: #1f2328; --soft: #59636e; --line: #59636e; --paper: #ffffff; " +
  "--band: #f6f8fa; --box: #ddf4ff; --good: #dafbe1; --bad: #ffebe9; --way: #1a7f37";
const DARK = "--ink: #f0f6fc; --soft: #9198a1; --line: #9198a1; --paper: #0d1117; " +
  "--band: #151b23; --box: #123a5c; --good: #12401f; --bad: #5d1a17; --way: #3fb950";

const STYLE = `
    svg { ${LIGHT} }
    @media (prefers-color-scheme: dark) {
      svg { ${DARK} }
    }
    .paper { fill: var(--paper) }
    text { fill: var(--ink); font: 13px ui-sans-serif, system-ui, sans-serif; text-anchor: middle }
    .start { text-anchor: start }
    .end { text-anchor: end }
    .name { font-size: 14px; font-weight: 600 }
    .code { font-family: ui-monospace, monospace; font-size: 12px }
    .soft { fill: var(--soft) }
    .box { fill: var(--box); stroke: var(--line) }
    .good { fill: var(--good) }
    .bad { fill: var(--bad) }
    .band { fill: var(--band) }
    .edge { fill: none; stroke: var(--line); stroke-width: 1.4; marker-end: url(#head) }
    .join { fill: none; stroke: var(--line); stroke-width: 1.4 }
    .way { stroke: var(--way); stroke-width: 2; marker-end: url(#way) }
    .head { fill: var(--line) }
    .head-way { fill: var(--way) }
`;

/** What every picture of ours is: a size, a title for who cannot see it, and where it is from. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** The files that it is made of. */
  readonly from: string;
  /** Style rules of this picture alone. */
  readonly style?: string;
  readonly body: readonly string[];
}

/** An SVG file that is readable in light and in dark, with fonts that every reader has. */
export function svg({ width, height, title, from, style = "", body }: Picture): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" \
aria-labelledby="title">
  <!-- Made by deno task docs from ${from}: do not edit. -->
  <title id="title">${escape(title)}</title>
  <style>${STYLE}${style}  </style>
  <defs>
    ${marker("head", "head")}
    ${marker("way", "head-way")}
  </defs>
  <rect class="paper" width="${width}" height="${height}"/>
${body.map((line) => `  ${line}`).join("\n")}
</svg>
`;
}

function marker(id: string, look: string): string {
  return `<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" \
markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">\
<path class="${look}" d="M0 0L10 5L0 10z"/></marker>`;
}

/** One line of text; `look` are classes of the style. */
export function text(x: number, y: number, content: string, look = ""): string {
  const named = look === "" ? "" : ` class="${look}"`;
  return `<text${named} x="${round(x)}" y="${round(y)}">${escape(content)}</text>`;
}

/** A rectangle by its left upper corner. */
export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  look = "box",
  radius = 8,
): string {
  return `<rect class="${look}" x="${round(x)}" y="${round(y)}" width="${round(width)}" \
height="${round(height)}" rx="${radius}"/>`;
}

/** An arrow along a path. */
export function arrow(path: string, look = "edge"): string {
  return `<path class="${look}" d="${path}"/>`;
}

/** How wide a text of this size in pixels is at most, near enough to leave room for it. */
export function widthOf(content: string, size = 13): number {
  let width = 0;
  // Chinese is set in squares; Latin letters are a good half of that.
  for (const letter of content) width += letter > "\u2e80" ? size : size * 0.54;
  return width;
}

/** With one decimal: more of them nobody sees, and they differ between machines. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
