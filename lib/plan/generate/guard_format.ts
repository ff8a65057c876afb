import type { Generation } from "./generation.ts";

/** A format is done once: this file in the data directory says that it was. */
const MARKER = ".curvine-fluid-formatted";

/**
 * Writes `format_master` and `format_worker` as false, always: Curvine's defaults are true, and
 * true deletes the metadata or the cache at EVERY start. False serves the first boot too.
 *
 * `CURVINE_FLUID_ALLOW_FORMAT=once` honours an explicit option one time, for the component that
 * it concerns.
 *
 * @returns the marker's path where this start will format, to be written before it does
 */
export function guardFormat(generation: Generation): string | undefined {
  const { toml, component, asked, paths, inputs } = generation;
  const marker = `${paths.dataDir}/${MARKER}-${component}`;
  let formats = false;
  for (
    const [key, concerned] of [["format_master", "master"], ["format_worker", "worker"]] as const
  ) {
    const wanted = toml[key] === true;
    toml[key] = false;
    if (!wanted) continue;
    const allowed = asked.has(key) && concerned === component &&
      inputs.settings.allowFormat === "once";
    if (allowed && !inputs.isFile(marker)) {
      toml[key] = true;
      formats = true;
      generation.warn(
        "format-allowed",
        `${key} is honoured this one time: CURVINE_FLUID_ALLOW_FORMAT is "once" ` +
          `and "${marker}" does not exist yet`,
      );
      continue;
    }
    const reason = allowed
      ? `it was done before ("${marker}" exists)`
      : "it would delete all data at every start";
    generation.warn(
      "format-refused",
      `${key} is true in ${asked.has(key) ? "the options" : "the base configuration"}, ` +
        `but false is written: ${reason}`,
      key,
    );
  }
  return formats ? marker : undefined;
}
