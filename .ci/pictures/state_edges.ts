import { begin, transition } from "../../lib/supervise/machine.ts";
import { type Mount, parseMountinfo } from "../../lib/mount/mountinfo.ts";
import type { Event, Facts, Limits, State } from "../../lib/supervise/state.ts";

/** From one state to another, and the events that lead there. */
export interface Edge {
  readonly from: State["name"];
  readonly to: State["name"];
  readonly events: readonly Event["name"][];
}

type Unplaced<E> = E extends Event ? Omit<E, keyof Facts | "name"> : never;

const LINE = "3 2 0:50 / /m rw - fuse.curvinefs curvinefs rw";

const HEIRS = [
  { pid: 7, kind: "successor" },
  { pid: 7, kind: "server" },
] as const;

const NEIGHBOUR = { mount: parseMountinfo(LINE)[0] as Mount, answer: "answers" } as const;

/** Every event in the forms that the table tells apart. */
const FORMS: {
  readonly [E in Event["name"]]: readonly Unplaced<Extract<Event, { name: E }>>[];
} = {
  "cleared": [{}],
  "obstructed": [{ message: "" }, { message: "", lasting: true }],
  "occupied": [{ message: "", neighbour: NEIGHBOUR }],
  "vacated": [{}],
  "masterless": [{ message: "" }],
  "spawn-failed": [{ message: "" }, { message: "", code: 127 }],
  "mounted": [{}],
  "unmounted": [{}],
  "unshared": [{ message: "" }],
  "exited": [
    { status: { code: 0 } },
    { status: { code: 1 } },
    { status: { code: 2 } },
    { status: { code: 137, signal: "SIGKILL" } },
    ...HEIRS.map((heir) => ({ status: { code: 0 }, heir })),
  ],
  "heir-found": HEIRS.map((heir) => ({ heir })),
  "heir-ended": [{ status: { code: 1 } }, { status: { code: 137, signal: "SIGKILL" } }],
  "healthy": [{}],
  "takeover-refused": [{ message: "" }],
  "takeover-timeout": [{}],
  "start-timeout": [{}],
  "retry-due": [{}],
  "reload-timeout": [{}],
  "heir-timeout": [{}],
  "stop": [{ by: "" }],
  "reload": [
    { reason: "signal", hot: true },
    { reason: "signal", hot: false },
    { reason: "config", hot: true },
    { reason: "config", hot: false },
  ],
  "hung": [{ message: "" }],
  "announced": [{}],
  "config-rejected": [{ message: "" }],
  "stopped": [{}, { status: { code: 1 } }],
  "fault": [{ message: "" }],
};

/** Small, so that every count's end is near. */
const LIMITS: Limits = { restartLimit: 2, stableAfter: 60_000, stopTimeout: 25_000 };

const BOTH = [false, true];

/** All that may be true: within every limit and beyond all of them, and so on. */
const FACTS: readonly Facts[] = [0, 100_000].flatMap((at) =>
  BOTH.flatMap((held) =>
    BOTH.flatMap((gone) => BOTH.map((untried) => ({ at, held, gone, untried })))
  )
);

let known: readonly Edge[] | undefined;

/** All that can happen; it takes seconds, and so is found out once. */
export function edgesOfMachine(): readonly Edge[] {
  return known ??= walk();
}

/** Walks from the beginning through every event to wherever that leads. */
function walk(): Edge[] {
  const found = new Map<string, { from: State["name"]; to: State["name"]; events: Set<string> }>();
  const seen = new Set<string>();
  const waiting: State[] = [begin().state];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const from = state.name;
    for (const event of allEvents()) {
      const next: State = transition(state, event, LIMITS).state;
      if (next.name !== from) {
        const key = `${from} ${next.name}`;
        const edge = found.get(key) ?? { from, to: next.name, events: new Set<string>() };
        edge.events.add(event.name);
        found.set(key, edge);
      }
      // Only this count has no end.
      const bounded = { ...next, restarts: Math.min(next.restarts, 2) };
      const name = JSON.stringify(bounded, (_, value) => value === -Infinity ? "never" : value);
      if (!seen.has(name)) {
        seen.add(name);
        waiting.push(bounded);
      }
    }
  }
  const order = Object.keys(FORMS);
  return [...found.values()].map(({ from, to, events }) => ({
    from,
    to,
    events: order.filter((name) => events.has(name)) as Event["name"][],
  })).sort((a, b) => `${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1);
}

function* allEvents(): Generator<Event> {
  for (const [name, forms] of Object.entries(FORMS)) {
    for (const form of forms) for (const facts of FACTS) yield { ...form, name, ...facts } as Event;
  }
}
