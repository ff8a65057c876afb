import type { MountAnswer } from "../ports/mounts.ts";
import type { Processes } from "../ports/world.ts";
import { within } from "./within.ts";

/** The hidden command's exit codes, far from those that a crash could give. */
export const PROBE_EXIT = { answers: 0, stale: 43, unknown: 44 } as const;

/** A child that got stuck may answer after all, once the mount does. */
const STUCK_MS = 2 ** 31 - 1;

/**
 * Asks a mount through a child that runs this program's hidden `probe` command. A child that is
 * stuck in the mount cannot be killed: while one is, no other is sent after it.
 *
 * @param self the command line that runs this program
 * @param asked children that have not come back, by path
 */
export async function askByChild(
  path: string,
  deadline: number,
  self: readonly string[],
  processes: Processes,
  asked: Map<string, Promise<MountAnswer>>,
): Promise<MountAnswer> {
  let answer = asked.get(path);
  if (answer === undefined) {
    answer = ask(path, self, processes).finally(() => asked.delete(path));
    asked.set(path, answer);
  }
  return await within(deadline, answer) ?? "silent";
}

async function ask(
  path: string,
  self: readonly string[],
  processes: Processes,
): Promise<MountAnswer> {
  const request = { argv: [...self, "probe", path], env: Deno.env.toObject(), cwd: "/" };
  const result = await processes.run(request, STUCK_MS);
  switch (result?.status.code) {
    case PROBE_EXIT.answers:
      return "answers";
    case PROBE_EXIT.stale:
      return "stale";
    default:
      return "unknown";
  }
}
