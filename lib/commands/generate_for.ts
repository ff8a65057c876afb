import { CommandError } from "../ports/command_error.ts";
import { RUN_ACTIONS, RUN_WORDS } from "../cli/words.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { nearestName } from "../text/nearest_name.ts";
import { type Generated, generatePlan } from "../plan/generate/generate_plan.ts";
import { detectMode } from "../plan/detect_mode.ts";
import type { PlanSettings } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";
import { inputsOf } from "./inputs_of.ts";

/**
 * The plan for a command line's words.
 *
 * @param options.settings our own, where the plan is to be started or shown as it would be
 * @param options.here whether what is planned happens on this machine: then what that lacks counts
 * @throws {CommandError} for words that nobody knows, or none where they are needed (64)
 * @throws {ConfigError} for everything else that is wrong
 */
export function generateFor(
  command: string,
  words: readonly string[],
  host: Host,
  options: { readonly settings?: PlanSettings; readonly here?: boolean } = {},
): Generated {
  checkWords(command, words);
  const inputs = {
    ...inputsOf(host, words, options.settings),
    ...(options.here === true ? { pipesHold: host.pipesHold } : {}),
  };
  const detection = detectMode(inputs);
  const { mode, component, reasons } = detection;
  if (mode === "standalone" && component === undefined) {
    throw new CommandError(
      `Cannot tell what to start: ${reasons.join("; ")}.\n` +
        `Outside Fluid, name the component: curvine-fluid master start\nSee: curvine-fluid --help`,
      ExitCode.Usage,
    );
  }
  return generatePlan(inputs, detection);
}

function checkWords(command: string, words: readonly string[]): void {
  const [component, action, ...more] = words;
  const faults = [
    unknownWord(component, RUN_WORDS),
    unknownWord(action, RUN_ACTIONS),
    more.length > 0 ? `"${more.join(" ")}" is too much` : undefined,
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) throw usageError(command, faults);
}

function unknownWord(word: string | undefined, known: readonly string[]): string | undefined {
  if (word === undefined || known.includes(word)) return undefined;
  const near = nearestName(word, known);
  return `"${word}" is none of ${known.join(", ")}` +
    (near === undefined ? "" : `; did you mean "${near}"?`);
}
