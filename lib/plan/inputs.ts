import type { Content } from "../text/strict_text.ts";
import type { PlanSettings } from "./settings.ts";

/** All that generating reads of the world: the same inputs give the same plan. */
export interface Inputs {
  /** The command line's words, such as `["worker", "start"]`. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  /** Our own settings that bear on a plan. */
  readonly settings: PlanSettings;
  /** @returns a file's content, `undefined` where there is none @throws what reading throws */
  readFile(path: string): Content | undefined;
  /** Whether a path is a file, links followed. */
  isFile(path: string): boolean;
  /**
   * Whether a pipe here can be made so many bytes large; absent where the plan is for elsewhere.
   */
  pipesHold?(bytes: number): boolean;
}
