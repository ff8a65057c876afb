import type { Flag } from "./command.ts";
import { settingSpecs } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";

/** The flags of `run`: one for each setting of our own, named after its variable. */
export function settingFlags(): Flag[] {
  return Object.values(settingSpecs()).map(({ flag, value, variable, summary, preset }) => ({
    name: flag,
    value,
    summary: `${summary} (${variable}${preset === "" ? "" : `, default ${preset}`})`,
  }));
}

/** A host whose environment holds the flags' values: a flag is stronger than its variable. */
export function withFlags(host: Host, flags: ReadonlyMap<string, readonly string[]>): Host {
  if (flags.size === 0) return host;
  const given = Object.values(settingSpecs()).flatMap(({ flag, variable }) => {
    const value = flags.get(flag)?.at(-1);
    return value === undefined ? [] : [[variable, value] as const];
  });
  return given.length === 0
    ? host
    : { ...host, env: { ...host.env, ...Object.fromEntries(given) } };
}
