import { COMMANDS } from "../../lib/cli/command_table.ts";
import type { Start } from "./flow_facts.ts";
import type { Asker, FlowWords } from "./flow_words.ts";
import { arrow, box, round, svg, text, widthOf } from "./svg.ts";

type Place = "start" | "plan" | Asker;

/** Where a command has its place: it starts something, shows the plan, or is asked for by somebody. */
export const PLACES: Readonly<Record<string, Place>> = {
  run: "start",
  render: "plan",
  check: "plan",
  simulate: "plan",
  "mount-ufs": "fluid",
  "report-summary": "fluid",
  "data-load": "fluid",
  health: "kubelet",
  unmount: "kubelet",
  janitor: "kubelet",
  status: "people",
  doctor: "people",
  options: "desk",
  schema: "desk",
  completions: "desk",
  version: "desk",
  help: "desk",
};

const WIDTH = 1080;
const LEFT = 20;
const INNER = WIDTH - 2 * LEFT;
const GAP = 20;
const PLAN = { x: 500, width: 100 };

/**
 * What Fluid gives, the mode, the plan, the file and what becomes of the process, from real plans and
 * the table of commands.
 *
 * @throws {Error} for a command that has no place in it
 */
export function flowPicture(starts: readonly Start[], words: FlowWords): string {
  return svg({
    width: WIDTH,
    height: 612,
    title: words.title,
    from: "lib/cli/command_table.ts and the plans of manifests/local",
    body: [
      ...given(starts, words),
      ...pipeline(starts, words),
      ...file(starts, words),
      ...daemons(starts, words),
      ...askers(words),
    ],
  });
}

/** A box for each mode: by what it is known, and what it reads. */
function given(starts: readonly Start[], words: FlowWords): string[] {
  const modes = [...new Set(starts.map(({ plan }) => plan.mode))];
  const width = (INNER - GAP * (modes.length - 1)) / modes.length;
  return modes.flatMap((mode, index) => {
    const of = starts.filter(({ plan }) => plan.mode === mode);
    const reads = of[0]?.reads;
    const x = LEFT + index * (width + GAP);
    const middle = x + width / 2;
    return [
      box(x, 14, width, 86),
      text(middle, 36, mode, "name"),
      text(middle, 60, knownBy(of, words), reads === undefined ? "" : "code"),
      text(middle, 82, reads ?? words.ownBase, reads === undefined ? "" : "code"),
      arrow(
        `M${middle} 100V${index === 1 ? 130 : 115}${index === 1 ? "" : `H${WIDTH / 2}`}`,
        "join",
      ),
    ];
  });
}

/** The variable that tells the mode, as the plan's reason names it; with its value where that counts. */
function knownBy(starts: readonly Start[], words: FlowWords): string {
  const told = starts.map(({ plan }) => /\b([A-Z_]+) is ("\w+")/.exec(plan.reasons[0] ?? ""));
  const [, variable, value] = told[0] ?? [];
  if (variable === undefined) return words.nothing;
  return new Set(told.map((one) => one?.[2])).size > 1 ? variable : `${variable}=${value}`;
}

/** From facts to the plan, and the commands that end there. */
function pipeline(starts: readonly Start[], words: FlowWords): string[] {
  const top = 130;
  const fields = Object.keys(starts[0]?.plan ?? {});
  const right = LEFT + 620;
  const middle = (right + WIDTH - LEFT) / 2;
  const widths = words.steps.map((name) => widthOf(name) + 30);
  const gap = (PLAN.x - LEFT - 10 - widths.reduce((sum, one) => sum + one, 0)) / widths.length;
  let x = LEFT + 10;
  const steps = words.steps.flatMap((name, index) => {
    const width = widths[index] ?? 0;
    const begin = x;
    x += width + gap;
    return [
      box(begin, top + 14, width, 34),
      text(begin + width / 2, top + 36, name),
      arrow(`M${round(begin + width)} ${top + 31}H${round(x)}`),
    ];
  });
  return [
    box(LEFT, top, right - 30 - LEFT, 96, "band box"),
    ...steps,
    box(PLAN.x, top + 14, PLAN.width, 34, "box good"),
    text(PLAN.x + PLAN.width / 2, top + 36, "PLAN", "name"),
    text(PLAN.x + PLAN.width, top + 76, `PLAN = { ${fields.join(", ")} }`, "code end soft"),
    arrow(`M${PLAN.x + PLAN.width} ${top + 31}H${right}`),
    box(right, top, WIDTH - LEFT - right, 96, "band box"),
    text(middle, top + 30, commandsAt("plan").join(" · "), "name"),
    ...words.shown.map((line, index) => text(middle, top + 56 + index * 20, line, "soft")),
  ];
}

/** The file that every plan names, written by what starts something. */
function file(starts: readonly Start[], words: FlowWords): string[] {
  const middle = WIDTH / 2;
  const label = `${starts[0]?.plan.config.path}   (${words.written})`;
  const width = widthOf(label) + 60;
  return [
    arrow(`M${middle} 226V262`),
    text(middle + 14, 249, commandsAt("start").join(" · "), "name start"),
    box(middle - width / 2, 262, width, 34),
    text(middle, 284, label, "code"),
    arrow(`M${middle} 296V310H${LEFT + INNER / 4}V326`),
    arrow(`M${middle} 296V310H${LEFT + INNER * 3 / 4}V326`),
  ];
}

/** What becomes of the process: by policy, each component with its daemon and its mount. */
function daemons(starts: readonly Start[], words: FlowWords): string[] {
  const width = (INNER - GAP) / 2;
  return (["exec", "supervise"] as const).flatMap((policy, index) => {
    const x = LEFT + index * (width + GAP);
    const plans = new Map(
      starts.filter(({ plan }) => plan.process.policy === policy)
        .map(({ plan }) => [plan.component, plan]),
    );
    const [head, line] = words[policy];
    return [
      box(x, 326, width, 122, index === 1 ? "box good" : "box"),
      text(x + 16, 349, head, "name start"),
      text(x + 24 + widthOf(head, 16), 349, line, "start soft"),
      ...[...plans].flatMap(([component, { process, mount }], at) => [
        text(x + 16, 378 + at * 24, component, "code start"),
        arrow(`M${x + 90} ${374 + at * 24}H${x + 116}`),
        text(x + 124, 378 + at * 24, daemonOf(process.argv), "code start"),
        ...(mount === null ? [] : [
          arrow(`M${x + 216} ${374 + at * 24}H${x + 242}`),
          text(x + 250, 378 + at * 24, generalTarget(mount.target), "code start"),
        ]),
      ]),
    ];
  });
}

/** `/runtime-mnt/cache/…/cache-fuse`: the namespace and the name are one Dataset's own. */
function generalTarget(target: string): string {
  const parts = target.split("/");
  return [...parts.slice(0, 3), "…", ...parts.slice(5)].join("/");
}

/** The daemon and the words that tell which part it takes; paths differ and are in the file. */
function daemonOf(argv: readonly string[]): string {
  const [program = "", ...rest] = argv;
  const words = rest.filter((word, index) =>
    !word.startsWith("/") && !rest[index + 1]?.startsWith("/")
  );
  return [program.slice(program.lastIndexOf("/") + 1), ...words].join(" ");
}

/** Who asks the containers, and by which commands; what is for a desk asks none. */
function askers(words: FlowWords): string[] {
  const names = Object.keys(words.asks) as Asker[];
  const width = (INNER - GAP * (names.length - 1)) / names.length;
  const middle = (index: number): number => LEFT + index * (width + GAP) + width / 2;
  return [
    ...names.flatMap((asker, index) => {
      const commands = commandsAt(asker);
      const aside = commands.length > 3 ? width / 4 : 0;
      return [
        ...(asker === "desk" ? [] : [arrow(`M${middle(index)} 492V472`, "join")]),
        box(middle(index) - width / 2, 492, width, 106, "band box"),
        text(middle(index), 514, words.asks[asker], "soft"),
        ...commands.map((name, at) =>
          text(
            middle(index) + (at % 2 === 0 ? -aside : aside),
            540 + (aside > 0 ? Math.floor(at / 2) : at) * 22,
            name,
            "code",
          )
        ),
      ];
    }),
    arrow(`M${middle(0)} 472H${middle(names.indexOf("people"))}`, "join"),
    arrow(`M${LEFT + INNER / 4} 472V449`),
    arrow(`M${middle(names.indexOf("people"))} 472V449`),
  ];
}

/** The commands of a place, in the order of the help. */
function commandsAt(place: Place): string[] {
  const names = COMMANDS.map(({ name }) => name);
  const places = placesOf(names);
  return names.filter((_, index) => places[index] === place);
}

/**
 * Where these commands stand in the picture.
 *
 * @throws {Error} for one that has no place
 */
export function placesOf(names: readonly string[]): Place[] {
  return names.map((name) => {
    const place = PLACES[name];
    if (place === undefined) {
      throw new Error(
        `The command "${name}" has no place in the flow's picture: give it one in PLACES`,
      );
    }
    return place;
  });
}
