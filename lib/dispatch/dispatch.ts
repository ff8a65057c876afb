import { runApplet } from "../applets/applet.ts";
import { OLD_NAMES, RUN_WORDS, STAND_IN_NAMES } from "../cli/words.ts";
import type { Host } from "../ports/host.ts";
import { nearestName } from "../text/nearest_name.ts";
import { type CommandName, isCommand, loadCommand } from "./load_command.ts";
import { runCommand } from "./run_command.ts";
import { type Course, untilEnd } from "./until_end.ts";

/** Runs the command that the command line names, and ends the process. */
export async function dispatch(outer: Host): Promise<never> {
  return await untilEnd(outer, perform);
}

async function perform(host: Host, course: Course): Promise<number> {
  const link = host.calledAs.slice(host.calledAs.lastIndexOf("/") + 1);
  const applet = runApplet(link, host.args, host);
  if (applet !== undefined) return await applet;
  const args = [...wordsOf(link), ...host.args];
  const [first, ...rest] = args;
  const run = (name: CommandName, words: readonly string[]): Promise<number> =>
    runCommand(name, loadCommand(name), words, host, course);
  if (first === "--version" || first === "-V") return await run("version", []);
  if (first === "--help" || first === "-h") return await run("help", []);
  if (first === undefined || first.startsWith("-") || RUN_WORDS.includes(first)) {
    return await run("run", args);
  }
  if (isCommand(first)) return await run(first, rest);
  course.isOwn = true;
  const { passThrough } = await import("../commands/pass_through.ts");
  const { COMMANDS } = await import("../cli/command_table.ts");
  const near = nearestName(first, [...COMMANDS.map(({ name }) => name), ...RUN_WORDS]);
  return await passThrough(args, near, host);
}

/** What a link's name stands for. */
function wordsOf(link: string): readonly string[] {
  for (const names of [OLD_NAMES, STAND_IN_NAMES]) {
    const words = Object.hasOwn(names, link) ? names[link] : undefined;
    if (words !== undefined) return words;
  }
  return [];
}
