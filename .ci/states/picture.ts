import type { State } from "../../lib/supervise/state.ts";
import { type Edge, edgesOfMachine } from "./edges.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Where each state stands, by its middle; a new state wants a place here. */
const PLACES: { readonly [S in State["name"]]: Point } = {
  clearing: { x: 110, y: 210 },
  starting: { x: 420, y: 60 },
  mounted: { x: 820, y: 60 },
  backoff: { x: 430, y: 330 },
  "standing-by": { x: 110, y: 480 },
  reloading: { x: 1030, y: 330 },
  "taking-over": { x: 700, y: 250 },
  stopping: { x: 680, y: 560 },
  done: { x: 430, y: 700 },
  failed: { x: 930, y: 700 },
};

const WIDTH = 1120;
const HEIGHT = 740;
const STATE = { width: 110, height: 40 };
const LINE_HEIGHT = 15;
const CHARACTER = 6.7;

/** Both themes of a reader, by what its browser asks for. */
const STYLE = `
    svg { --ink: #1f2328; --line: #59636e; --paper: #ffffff; --state: #ddf4ff; --end: #dafbe1; --bad: #ffebe9 }
    @media (prefers-color-scheme: dark) {
      svg { --ink: #f0f6fc; --line: #9198a1; --paper: #0d1117; --state: #123a5c; --end: #12401f; --bad: #5d1a17 }
    }
    .paper { fill: var(--paper) }
    text { fill: var(--ink); font: 12px ui-sans-serif, system-ui, sans-serif; text-anchor: middle }
    .name { font-size: 15px; font-weight: 600 }
    .state { fill: var(--state); stroke: var(--line) }
    .done { fill: var(--end) }
    .failed { fill: var(--bad) }
    .edge { fill: none; stroke: var(--line); stroke-width: 1.3; marker-end: url(#head) }
    .head { fill: var(--line) }
    .label { fill: var(--paper); opacity: 0.85 }
`;

/** The supervisor's states and what leads from one to another, as SVG. */
export function statesPicture(edges: readonly Edge[] = edgesOfMachine()): string {
  const taken: Box[] = Object.values(PLACES).map((place) => ({ ...place, ...STATE }));
  // Who says the most looks for a place first.
  const sorted = edges.toSorted((a, b) => b.events.length - a.events.length);
  const lines = sorted.map((edge) => line(edge, edges));
  const labels = sorted.map((edge, index) => label(edge, lines[index] ?? [], taken));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" \
aria-labelledby="title">
  <!-- Made by deno task docs from lib/supervise/machine.ts: do not edit. -->
  <title id="title">The supervisor's states and the events that lead from one to another</title>
  <style>${STYLE}  </style>
  <defs>
    <marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" \
orient="auto-start-reverse"><path class="head" d="M0 0L10 5L0 10z"/></marker>
  </defs>
  <rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
  <path class="edge" d="M10 ${PLACES.clearing.y}H${PLACES.clearing.x - STATE.width / 2}"/>
${lines.map((points) => `  <path class="edge" d="${pathOf(points)}"/>`).join("\n")}
${labels.join("\n")}
${Object.entries(PLACES).map(([name, place]) => state(name, place)).join("\n")}
</svg>
`;
}

function state(name: string, { x, y }: Point): string {
  const { width, height } = STATE;
  return `  <rect class="state ${name}" x="${x - width / 2}" y="${y - height / 2}" \
width="${width}" height="${height}" rx="8"/>
  <text class="name" x="${x}" y="${y + 5}">${name}</text>`;
}

/** From border to border; the two directions between a pair lie side by side. */
function line({ from, to }: Edge, edges: readonly Edge[]): Point[] {
  const back = edges.some((other) => other.from === to && other.to === from);
  const [a, b] = [PLACES[from], PLACES[to]];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const aside = back ? 16 : 0;
  const shift = { x: -(b.y - a.y) / length * aside, y: (b.x - a.x) / length * aside };
  const moved = ({ x, y }: Point): Point => ({ x: x + shift.x, y: y + shift.y });
  return [border(a, moved(a), moved(b)), border(b, moved(b), moved(a))];
}

/** Where the way from a point in a box to one outside leaves the box. */
function border(middle: Point, from: Point, to: Point): Point {
  const step = { x: to.x - from.x, y: to.y - from.y };
  const reach = (delta: number, inside: number, half: number): number =>
    delta === 0 ? Infinity : ((delta > 0 ? half : -half) - inside) / delta;
  const along = Math.min(
    reach(step.x, from.x - middle.x, STATE.width / 2),
    reach(step.y, from.y - middle.y, STATE.height / 2),
  );
  return { x: from.x + step.x * along, y: from.y + step.y * along };
}

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`)
    .join("");
}

/** Puts the events beside the middle of their line, or as near to it as there is room. */
function label({ events }: Edge, [from, to]: readonly Point[], taken: Box[]): string {
  if (from === undefined || to === undefined) return "";
  const rows = events.length > 4 ? pairs(events) : [...events];
  const size = {
    width: Math.max(...rows.map((row) => row.length)) * CHARACTER + 8,
    height: rows.length * LINE_HEIGHT + 4,
  };
  const places = Array.from({ length: 17 }, (_, index) => {
    const part = 0.5 + (index % 2 === 0 ? 1 : -1) * Math.ceil(index / 2) * 0.045;
    const step = { x: (to.x - from.x) * part, y: (to.y - from.y) * part };
    return { x: from.x + step.x, y: from.y + step.y, ...size };
  });
  const place = places.find((one) => !taken.some((other) => overlaps(one, other))) ?? places[0];
  if (place === undefined) return "";
  taken.push(place);
  const top = place.y - size.height / 2;
  const texts = rows.map((row, index) =>
    `<text x="${round(place.x)}" y="${round(top + (index + 1) * LINE_HEIGHT - 2)}">${row}</text>`
  );
  return `  <rect class="label" x="${round(place.x - size.width / 2)}" y="${round(top)}" \
width="${round(size.width)}" height="${round(size.height)}" rx="3"/>${texts.join("")}`;
}

function pairs(events: readonly string[]): string[] {
  const rows: string[] = [];
  for (let at = 0; at < events.length; at += 2) rows.push(events.slice(at, at + 2).join(", "));
  return rows;
}

function overlaps(one: Box, other: Box): boolean {
  return Math.abs(one.x - other.x) < (one.width + other.width) / 2 &&
    Math.abs(one.y - other.y) < (one.height + other.height) / 2;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
