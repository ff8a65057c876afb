import type { Host } from "../ports/host.ts";

/** Does the job of a small tool. @returns its exit code */
export type Applet = (args: readonly string[], host: Host) => Promise<number> | number;

/**
 * The tools that Fluid and Curvine call by name, so that the image needs neither a shell nor
 * coreutils. Each is loaded only when it is called. Fluid: Every command that Fluid runs.
 */
const APPLETS: Readonly<Record<string, () => Promise<{ readonly applet: Applet }>>> = {
  bash: () => import("./bash.ts"),
  df: () => import("./df.ts"),
  fusermount: () => import("./fusermount.ts"),
  fusermount3: () => import("./fusermount.ts"),
  ls: () => import("./ls.ts"),
  sh: () => import("./bash.ts"),
  sleep: () => import("./sleep.ts"),
  umount: () => import("./umount.ts"),
  uname: () => import("./uname.ts"),
};

/** Whether a link of this name (its last part) does a small tool's job. */
export function isApplet(name: string): boolean {
  return Object.hasOwn(APPLETS, name);
}

/** Runs a small tool by its name; `undefined` for a name that is none. */
export function runApplet(
  name: string,
  args: readonly string[],
  host: Host,
): Promise<number> | undefined {
  return isApplet(name) ? load(name, args, host) : undefined;
}

async function load(name: string, args: readonly string[], host: Host): Promise<number> {
  // To a small tool a signal means what it always does.
  host.signals.endBy((code) => host.exit(code));
  const module = await APPLETS[name]?.();
  if (module === undefined) throw new RangeError(`there is no applet "${name}"`);
  return await module.applet(args, host);
}
