import type { Lesson, MountAnswer, Mounts } from "../ports/mounts.ts";
import type { Processes } from "../ports/world.ts";
import { disposableChild } from "./disposable_child.ts";
import { within } from "./within.ts";

/** The hidden command's exit codes, far from those that a crash could give. */
export const PROBE_EXIT = { answers: 0, stale: 43, unknown: 44 } as const;

/** A child that got stuck may answer after all, once the mount does. */
const STUCK_MS = 2 ** 31 - 1;

/**
 * What needs a child because it touches a mount: PID 1 never does. A child that is stuck in a mount
 * cannot be killed: while one is, no other is sent after it.
 *
 * @param self the command line that runs this program
 */
export function mountAskers(
  self: readonly string[],
  processes: Processes,
): Pick<Mounts, "ask" | "walk" | "teach"> {
  const asked: UnderWay<MountAnswer> = { now: new Map(), next: new Map() };
  const walked: UnderWay<boolean> = { now: new Map(), next: new Map() };
  const lessons = new Map<string, OpenLesson>();
  const run = async (
    words: readonly string[],
    onLine?: (line: string) => void,
  ): Promise<number | undefined> => {
    const request = { argv: [...self, ...words], env: Deno.env.toObject(), cwd: "/" };
    return (await processes.run(request, STUCK_MS, onLine))?.status.code;
  };
  return {
    async ask(path: string, deadline: number, isAfresh = false): Promise<MountAnswer> {
      const begin = async (): Promise<MountAnswer> => meaningOf(await run(["probe", path]));
      const answer = isAfresh ? afresh(asked, path, begin) : once(asked.now, path, begin);
      return await within(deadline, answer) ?? "silent";
    },
    async walk(path: string, deadline: number): Promise<boolean> {
      // One that is under way has taught its names to the daemon before.
      const walk = afresh(
        walked,
        path,
        async () => await run(["ask-mount", "walk", path]) === 0,
      );
      return await within(deadline, walk) ?? false;
    },
    teach: (path, nodes, knows) => {
      const before = lessons.get(path);
      if (before?.isOpen() === true) {
        before.knows = knows;
        return before;
      }
      const lesson = begun(
        async (onLine) => void await run(["ask-mount", "teach", path, nodes], onLine),
        knows,
      );
      lessons.set(path, lesson);
      return lesson;
    },
  };
}

/**
 * Asks a mount by a child of its own, for a program that has no {@link Processes}.
 *
 * @param self the command line that runs this program
 */
export async function askAlone(
  path: string,
  deadline: number,
  self: readonly string[] = [Deno.execPath()],
): Promise<MountAnswer> {
  const answer = await disposableChild(["probe", path], deadline, self);
  if (answer === "late") return "silent";
  return answer === "not-started" ? "unknown" : meaningOf(answer.code);
}

/** A lesson, and whether it still waits for its first answer. */
interface OpenLesson extends Lesson {
  isOpen(): boolean;
  knows: (node: bigint) => void;
}

/** What a child tells of its lesson, each in a line, beside the numbers of files. */
export const LESSON_WORDS = { ready: "ready", answered: "answered", over: "over" } as const;

function begun(
  run: (onLine: (line: string) => void) => Promise<void>,
  knows: (node: bigint) => void,
): OpenLesson {
  const [ready, answered, over] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<boolean>(),
    Promise.withResolvers<void>(),
  ];
  let isOpen = true;
  const lesson: OpenLesson = {
    ready: ready.promise,
    answered: answered.promise,
    over: over.promise,
    isOpen: () => isOpen,
    knows,
  };
  const end = (hasAnswered: boolean): void => {
    isOpen = false;
    ready.resolve();
    answered.resolve(hasAnswered);
  };
  void run((line) => {
    if (line === LESSON_WORDS.ready) ready.resolve();
    else if (line === LESSON_WORDS.answered) end(true);
    else if (line === LESSON_WORDS.over) over.resolve();
    // Whatever else it says is for nobody.
    else if (/^\d+$/.test(line)) lesson.knows(BigInt(line));
  }).then(() => {
    end(false);
    over.resolve();
  });
  return lesson;
}

/** The children that are out, by their paths, and those that follow them. */
interface UnderWay<Value> {
  readonly now: Map<string, Promise<Value>>;
  readonly next: Map<string, Promise<Value>>;
}

/** What begins now, or after what is under way. */
function afresh<Value>(
  { now, next }: UnderWay<Value>,
  path: string,
  begin: () => Promise<Value>,
): Promise<Value> {
  const before = now.get(path);
  return before === undefined
    ? once(now, path, begin)
    : once(next, path, async () => await before.then(() => once(now, path, begin)));
}

/** What is under way for a path, or what begins now. */
function once<Value>(
  underWay: Map<string, Promise<Value>>,
  path: string,
  begin: () => Promise<Value>,
): Promise<Value> {
  let work = underWay.get(path);
  if (work === undefined) {
    work = begin().finally(() => underWay.delete(path));
    underWay.set(path, work);
  }
  return work;
}

function meaningOf(code: number | undefined): MountAnswer {
  switch (code) {
    case PROBE_EXIT.answers:
      return "answers";
    case PROBE_EXIT.stale:
      return "stale";
    default:
      return "unknown";
  }
}
