import type { MountAnswer } from "../mount/classify.ts";

/** The hidden command's exit codes, far from those that a crash could give. */
export const PROBE_EXIT = { answers: 0, stale: 43, unknown: 44 } as const;

/** What an exit code of the hidden `probe` command means. */
export function answerOf(exitCode: number): MountAnswer {
  if (exitCode === PROBE_EXIT.answers) return "answers";
  return exitCode === PROBE_EXIT.stale ? "stale" : "unknown";
}
