import type { Content } from "../text/strict_text.ts";

/** All that generating reads of the world: the same inputs give the same plan. */
export interface Inputs {
  /** The command line's words, such as `["worker", "start"]`. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  /** @returns a file's content, `undefined` where there is none @throws what reading throws */
  readFile(path: string): Content | undefined;
  /** Whether a path is a file, links followed. */
  isFile(path: string): boolean;
  /**
   * Whether a pipe here can be made so many bytes large; absent where the plan is for elsewhere.
   */
  pipesHold?(bytes: number): boolean;
}
