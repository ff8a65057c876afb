import { ConfigError, type Problem } from "../plan/config_error.ts";
import { accessModeOf } from "../plan/curvine/mount_flags.ts";
import { type GivenOption, mountAsAWhole, setTwice } from "../plan/curvine/mount_as_a_whole.ts";
import { mountOption, mountOptionAdvice, mountOptionValue } from "../plan/curvine/mount_option.ts";
import { isOfOtherStorage, nearestProperty } from "../plan/curvine/ufs_properties.ts";
import {
  isNative,
  nativePath,
  normalizePath,
  normalizeUfs,
  schemeOf,
} from "../plan/curvine/ufs_path.ts";
import { fluidPath, isFluidsOwn, mountConflicts } from "../plan/fluid/mount_conflicts.ts";
import { isFluidOption } from "../plan/fluid/fluid_option.ts";
import type { Mount, RuntimeConfig } from "../plan/fluid/runtime_config.ts";
import type { Inputs } from "../plan/inputs.ts";
import { isSecretName, REDACTED } from "../plan/secret_names.ts";
import { quoteValue, withoutPasswords } from "../plan/secret_text.ts";
import { namesSecretFile, type Secrets } from "../plan/secrets.ts";

/** Who leads: the UFS, or Curvine. Curvine: What a mount does to the UFS. */
export type WriteType = "cache_mode" | "fs_mode";

/** A mount that Curvine's table should have. */
export interface WantedMount {
  /** Inside Curvine, normalized. */
  readonly path: string;
  /** As the Dataset writes it. */
  readonly mountPoint: string;
  /** Normalized, as the table has it and Curvine is given it. */
  readonly ufs: string;
  readonly writeType: WriteType;
  /** Flags of `cv mount` without the leading dashes, sorted by name; `""` takes no value. */
  readonly flags: ReadonlyMap<string, string>;
  /** What `-c` takes, secrets included, sorted by name. */
  readonly properties: ReadonlyMap<string, string>;
}

/** A mount point that is Curvine's own: nothing to mount, but its directory has to be there. */
export interface NativeMount {
  /** Inside Curvine, normalized. */
  readonly directory: string;
}

/** What Fluid wants reported: its own text for a path, letter for letter. */
export interface WantedPlace {
  readonly reported: string;
  readonly target: WantedMount | NativeMount;
}

/** What the Dataset asks for. */
export interface WantedMounts {
  /** In the Dataset's order. */
  readonly places: readonly WantedPlace[];
  readonly mounts: readonly WantedMount[];
  readonly natives: readonly NativeMount[];
  readonly warnings: readonly string[];
}

/** Options of a mount that are meant for the runtime, not for Curvine's mount. */
const RUNTIME_OPTIONS = new Set(["cluster_id", "cluster-id"]);

/**
 * Works out what Curvine's mount table should hold.
 *
 * Source: Fluid, executionEntries; Curvine, `cv mount`; What a mount does to the UFS.
 *
 * @param secrets learns every value that no message may show
 * @throws {ConfigError} with every mount that cannot be made, all at once: what Curvine will
 * refuse, an option whose value it does not take, a secret that is not there
 */
export function wantedMounts(
  config: RuntimeConfig,
  inputs: Pick<Inputs, "readFile">,
  secrets: Secrets,
): WantedMounts {
  const places: WantedPlace[] = [];
  const warnings: string[] = [];
  const problems: Problem[] = mountConflicts(config.mounts);
  config.mounts.forEach((mount, index) => {
    const reported = fluidPath(mount);
    if (isFluidsOwn(mount.mountPoint) || reported === undefined) return;
    const at = `mounts[${index}]`;
    if (!isNative(mount.mountPoint)) {
      places.push({ reported, target: toWanted(mount, at, normalizePath(reported)) });
      return;
    }
    const directory = nativePath(mount.mountPoint);
    places.push({ reported, target: { directory } });
    if (directory !== normalizePath(reported) && directory !== "/") {
      warnings.push(
        `${at}: "${mount.mountPoint}" appears at "${directory}" below the volume, not at its path ` +
          `"${reported}"; path: ${directory} says so`,
      );
    }
  });
  if (problems.length > 0) {
    throw new ConfigError("the Dataset's mounts", problems.sort(byMount));
  }
  return {
    places,
    mounts: places.flatMap(({ target }) => "ufs" in target ? [target] : []),
    natives: places.flatMap(({ target }) => "ufs" in target ? [] : [target]),
    warnings,
  };

  function toWanted(mount: Mount, at: string, path: string): WantedMount {
    const scheme = schemeOf(mount.mountPoint) ?? "";
    const flags = new Map<string, string>([
      // The shape of the two paths need not agree: Fluid's path is the user's choice.
      ["check-path-consist", "false"],
      ["write-type", "cache_mode"],
      ["access-mode", accessModeOf(mount, config.accessModes)],
    ]);
    const properties = new Map<string, string>();
    const given = new Map<string, GivenOption>();
    for (const { name, value, place, secret } of options(mount, at, scheme)) {
      const option = mountOption(name, scheme);
      if (option === undefined) {
        if (!RUNTIME_OPTIONS.has(name)) warnings.push(unknown(name, scheme, place));
        continue;
      }
      const unread = unreadProperty(name, option.target, scheme);
      if (unread !== undefined) warnings.push(`${place}: ${unread}`);
      const twice = secret
        ? undefined
        : setTwice(given.get(option.target), { name, text: value }, place);
      if (twice !== undefined) problems.push(twice);
      given.set(option.target, { name, text: secret ? undefined : value });
      const parsed = mountOptionValue(option, value);
      if (!parsed.ok) {
        problems.push({
          path: place,
          message: `is ${secret ? REDACTED : quoteValue(name, value)}; ${parsed.wanted} is wanted`,
          ...(parsed.hint === undefined ? {} : { hint: parsed.hint }),
        });
        continue;
      }
      const text = String(parsed.value);
      if (option.kind === "property") properties.set(option.target, text);
      else if (option.kind === "flag") flags.set(option.target, text);
      else if (parsed.value === true) flags.set(option.target, "");
      else flags.delete(option.target);
    }
    const whole = mountAsAWhole(at, scheme, given, accessModeOf(mount, config.accessModes));
    problems.push(...whole.problems);
    warnings.push(...whole.warnings.map(({ path, message }) => `${path}: ${message}`));
    return {
      path,
      mountPoint: mount.mountPoint,
      ufs: normalizeUfs(mount.mountPoint),
      writeType: flags.get("write-type") === "fs_mode" ? "fs_mode" : "cache_mode",
      flags: sorted(flags),
      properties: sorted(properties),
    };
  }

  function* options(mount: Mount, at: string, scheme: string): Generator<OptionText> {
    for (const [name, value] of Object.entries(mount.options)) {
      if (isFluidOption(name)) continue;
      const place = `${at}.options.${name}`;
      if (namesSecretFile(value)) {
        yield* fromFile(name, value, place);
        continue;
      }
      const secret = isSecretName(name) || isSecretName(mountOption(name, scheme)?.target ?? "");
      if (secret) secrets.hideText(value);
      yield { name, value, place, secret };
    }
    for (const [name, file] of Object.entries(mount.encryptOptions)) {
      yield* fromFile(name, file, `${at}.encryptOptions.${name}`);
    }
  }

  function* fromFile(name: string, file: string, place: string): Generator<OptionText> {
    const found = secrets.read(file, inputs);
    if (!found.ok) {
      problems.push({ path: place, message: found.message, hint: found.hint });
    } else if (found.content === "") {
      problems.push({ path: place, message: `the secret file "${file}" is empty` });
    } else {
      yield { name, value: found.content, place, secret: true };
    }
  }
}

/** An option with the value that it has in the end. */
interface OptionText {
  readonly name: string;
  readonly value: string;
  /** Where it stands, for messages. */
  readonly place: string;
  /** Whether no message may show the value. */
  readonly secret: boolean;
}

function unknown(name: string, scheme: string, place: string): string {
  return `${place}: Curvine's mounts do not know "${name}"; it is left out (${
    mountOptionAdvice(name, scheme)
  })`;
}

function unreadProperty(name: string, target: string, scheme: string): string | undefined {
  const near = name.includes(".") ? nearestProperty(name, scheme) : undefined;
  if (near !== undefined) return `Curvine does not read "${name}"; did you mean "${near}"?`;
  return isOfOtherStorage(target, scheme)
    ? `Curvine does not read "${name}" for ${scheme}://`
    : undefined;
}

/** In the Dataset's order: conflicts are found before options are looked at. */
function byMount(a: Problem, b: Problem): number {
  const index = (problem: Problem): number => Number(/\[(\d+)\]/.exec(problem.path)?.[1] ?? -1);
  return index(a) - index(b);
}

function sorted(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/**
 * The arguments of `cv mount` for a mount. The write type stands among them for an update too:
 * without it cv takes its default and gives the mount the other mode's end of life.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const mount = {
 *   path: "/raw",
 *   mountPoint: "s3://lake/raw/",
 *   ufs: "s3://lake/raw",
 *   writeType: "cache_mode" as const,
 *   flags: new Map([["access-mode", "read_only"], ["read-verify-ufs", ""]]),
 *   properties: new Map([["s3.region_name", "eu"]]),
 * };
 * assert.deepEqual(mountArguments(mount, true), [
 *   "mount", "s3://lake/raw", "/raw", "--update", "--access-mode=read_only", "--read-verify-ufs",
 *   "-c", "s3.region_name=eu",
 * ]);
 * ```
 */
export function mountArguments(mount: WantedMount, update: boolean): string[] {
  return [
    "mount",
    mount.ufs,
    mount.path,
    ...(update ? ["--update"] : []),
    ...[...mount.flags].map(([name, value]) => value === "" ? `--${name}` : `--${name}=${value}`),
    ...[...mount.properties].flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/** How a log shows the options: names, and values that are no secret. */
export function describeOptions(mount: WantedMount): string {
  return [...mount.flags, ...mount.properties]
    .map(([name, value]) =>
      value === "" ? name : `${name}=${isSecretName(name) ? REDACTED : withoutPasswords(value)}`
    )
    .join(" ");
}
