import type { State } from "../../lib/supervise/state.ts";
import { type Edge, edgesOfMachine } from "./state_edges.ts";
import { arrow, box, svg, text, widthOf } from "./svg.ts";

type Name = State["name"];

/** The columns, from the beginning to the ends, and how each looks; a new state wants a place here. */
const COLUMNS: { readonly [S in Name]: string } = {
  clearing: "box",
  starting: "box",
  mounted: "box good",
  reloading: "box",
  "taking-over": "box",
  backoff: "box",
  "standing-by": "box",
  stopping: "box",
  done: "box good",
  failed: "box bad",
};

const NAMES = Object.keys(COLUMNS) as Name[];
const STEP = 109;
const FIRST = 64;
const WIDTH = 2 * FIRST + (NAMES.length - 1) * STEP;
const BOX = { width: 102, height: 28 };
const TOP = 14;
const ROW = 21;
const LINE = 15;
/** What of an arrow its text leaves bare: a beginning, and the head. */
const BARE = 38;

const STYLE = `
    .life { stroke: var(--line); stroke-width: 1; stroke-dasharray: 2 4; opacity: 0.7 }
    .from { fill: var(--line) }
    .patch { fill: var(--paper) }
    .patch.shaded { fill: var(--band) }
`;

/**
 * The supervisor's states as columns, and every way from one to another as an arrow with the events
 * that lead there, the ways out of one state together: nothing crosses a text, however many there are.
 */
export function statesPicture(edges: readonly Edge[] = edgesOfMachine()): string {
  const body: string[] = [];
  let y = TOP + BOX.height + 16;
  NAMES.filter((from) => edges.some((edge) => edge.from === from)).forEach((from, index) => {
    const rows = edges.filter((edge) => edge.from === from)
      .toSorted((a, b) => NAMES.indexOf(a.to) - NAMES.indexOf(b.to))
      .map((edge) => ({ edge, lines: linesOf(edge) }));
    const shaded = index % 2 === 0;
    const begin = y;
    y += BOX.height + 8;
    const drawn = rows.flatMap(({ edge, lines }) => {
      const height = ROW + (lines.length - 1) * LINE;
      y += height;
      return row(edge, lines, y - height / 2, shaded);
    });
    y += 10;
    if (shaded) body.push(box(0, begin, WIDTH, y - begin, "band", 0));
    const x = xOf(from);
    body.push(
      ...lifelines(begin, y),
      box(x - 3, begin + 20, 6, y - begin - 26, "from", 3),
      box(x - BOX.width / 2, begin + 6, BOX.width, BOX.height, COLUMNS[from]),
      text(x, begin + 25, from, "name"),
      ...drawn,
    );
  });
  const header = NAMES.flatMap((name) => [
    box(xOf(name) - BOX.width / 2, TOP, BOX.width, BOX.height, COLUMNS[name]),
    text(xOf(name), TOP + 19, name, "name"),
  ]);
  return svg({
    width: WIDTH,
    height: y,
    title: "The supervisor's states and the events that lead from one to another",
    from: "lib/supervise/machine.ts",
    style: STYLE,
    body: [...lifelines(TOP + BOX.height, TOP + BOX.height + 16), ...header, ...body],
  });
}

function lifelines(from: number, to: number): string[] {
  return NAMES.map((name) =>
    `<line class="life" x1="${xOf(name)}" y1="${from}" x2="${xOf(name)}" y2="${to}"/>`
  );
}

/** The events of an arrow, on as many lines as it takes to set them on it; else on one beside it. */
function linesOf({ from, to, events }: Edge): string[] {
  const room = Math.abs(xOf(to) - xOf(from)) - BARE;
  const whole = events.join(", ");
  if (room < STEP * 2 - BARE) return [whole];
  const lines: string[] = [];
  for (const event of events) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last}, ${event},`) <= room) {
      lines[lines.length - 1] = `${last}, ${event}`;
    } else lines.push(event);
  }
  return lines.map((line, index) => index < lines.length - 1 ? `${line},` : line);
}

function row({ from, to }: Edge, lines: readonly string[], y: number, shaded: boolean): string[] {
  const [a, b] = [xOf(from), xOf(to)];
  const ahead = b > a ? 1 : -1;
  const look = to === "mounted" ? "edge way" : "edge";
  const way = arrow(`M${a + ahead * 4} ${y}H${b - ahead}`, look);
  const width = Math.max(...lines.map((line) => widthOf(line)));
  const first = y - (lines.length - 1) * LINE / 2 + 4.5;
  const under = (left: number): string =>
    box(left, first - 13, width + 8, lines.length * LINE + 4, shaded ? "patch shaded" : "patch", 3);
  if (width <= Math.abs(b - a) - BARE) {
    const middle = (a + b) / 2 - ahead * 3;
    return [
      way,
      under(middle - width / 2 - 4),
      ...lines.map((line, index) => text(middle, first + index * LINE, line)),
    ];
  }
  // Beyond the head; where the picture ends there, behind the beginning.
  const fits = ahead > 0 ? b + 8 + width < WIDTH : b - 8 - width > 0;
  const after = (ahead > 0) === fits;
  const x = (fits ? b : a) + (after ? 10 : -10);
  return [
    way,
    under(after ? x - 4 : x - width - 4),
    text(x, first, lines.join(" "), after ? "start" : "end"),
  ];
}

function xOf(name: Name): number {
  return FIRST + NAMES.indexOf(name) * STEP;
}
