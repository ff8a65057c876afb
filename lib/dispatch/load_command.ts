import type { CommandModule } from "../cli/command.ts";

/**
 * Where each command's code lies. Apart from the table of the commands, whose texts only help and
 * the reading of flags need: a start pays for what it uses.
 */
const LOADERS = {
  run: () => import("../commands/run.ts"),
  render: () => import("../commands/render.ts"),
  check: () => import("../commands/check.ts"),
  "mount-ufs": () => import("../commands/mount_ufs.ts"),
  "report-summary": () => import("../commands/report_summary.ts"),
  "data-load": () => import("../commands/data_load.ts"),
  health: () => import("../commands/health.ts"),
  status: () => import("../commands/status.ts"),
  doctor: () => import("../commands/doctor.ts"),
  janitor: () => import("../commands/janitor.ts"),
  unmount: () => import("../commands/unmount.ts"),
  simulate: () => import("../commands/simulate.ts"),
  options: () => import("../commands/options.ts"),
  schema: () => import("../commands/schema.ts"),
  completions: () => import("../commands/completions.ts"),
  version: () => import("../commands/version.ts"),
  help: () => import("../commands/help.ts"),
  "ask-mount": () => import("../commands/ask_mount.ts"),
  probe: () => import("../commands/probe.ts"),
  "stand-in": () => import("../commands/stand_in.ts"),
} as const satisfies Readonly<Record<string, () => Promise<CommandModule>>>;

/** A command's name, those that the help does not show included. */
export type CommandName = keyof typeof LOADERS;

/** Whether there is a command of this name. */
export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(LOADERS, name);
}

/** Loads a command's code. */
export function loadCommand(name: CommandName): Promise<CommandModule> {
  return LOADERS[name]();
}
