import { ConfigError, type Problem } from "../plan/config_error.ts";
import { isSecretName, REDACTED, withoutPasswords } from "../plan/secret_names.ts";
import type { Mount, RuntimeConfig } from "../plan/fluid/runtime_config.ts";
import type { Inputs } from "../plan/inputs.ts";
import { namesSecretFile, type Secrets } from "../plan/secrets.ts";
import { mountOption } from "./mount_option.ts";
import { normalizePath, normalizeUfs, schemeOf } from "./ufs_path.ts";

/** A mount that Curvine's table should have. */
export interface WantedMount {
  /** Inside Curvine, normalized. */
  readonly path: string;
  /** As the Dataset writes it. */
  readonly mountPoint: string;
  /** Normalized, to be compared with the table. */
  readonly ufs: string;
  /** Flags of `cv mount` without the leading dashes, sorted by name. */
  readonly flags: ReadonlyMap<string, string>;
  /** What `-c` takes, secrets included, sorted by name. */
  readonly properties: ReadonlyMap<string, string>;
}

/** What the Dataset asks for. */
export interface WantedMounts {
  readonly mounts: readonly WantedMount[];
  /** Paths of `curvine://` mounts: nothing to mount, but Fluid wants them reported. */
  readonly native: readonly string[];
  /** All paths that are reported, in the Dataset's order. */
  readonly paths: readonly string[];
  readonly warnings: readonly string[];
}

/** Mount points that are Fluid's own business: it excepts them from what it checks. */
const NOT_OURS = new Set(["local", "pvc"]);
/** Options of a mount that are meant for the runtime, not for Curvine's mount. */
const RUNTIME_OPTIONS = new Set(["cluster_id", "cluster-id"]);

/**
 * Works out what Curvine's mount table should hold.
 *
 * Source: Fluid, executionEntries; Curvine, `cv mount`.
 *
 * @param secrets learns every value that no message may show
 * @throws {ConfigError} with every mount that cannot be made: no scheme, onto `/`, a path taken
 * twice, a secret that is not there
 */
export function wantedMounts(
  config: RuntimeConfig,
  inputs: Pick<Inputs, "readFile">,
  secrets: Secrets,
): WantedMounts {
  const mounts: WantedMount[] = [];
  const native: string[] = [];
  const warnings: string[] = [];
  const problems: Problem[] = [];
  const taken = new Map<string, number>();
  config.mounts.forEach((mount, index) => {
    const at = `mounts[${index}]`;
    const scheme = schemeOf(mount.mountPoint);
    if (scheme !== undefined && NOT_OURS.has(scheme)) return;
    const named = mount.path ?? mount.name;
    if (named === undefined) {
      problems.push({ path: at, message: "has neither a path nor a name; one is wanted" });
      return;
    }
    const path = normalizePath(named);
    const other = taken.get(path);
    if (other !== undefined) {
      problems.push({
        path: `${at}.path`,
        message: `is "${path}", which mounts[${other}] has already; another path is wanted`,
      });
      return;
    }
    taken.set(path, index);
    if (scheme === "curvine") {
      native.push(path);
    } else if (scheme === undefined) {
      problems.push({
        path: `${at}.mountPoint`,
        message: `is "${mount.mountPoint}"; a scheme is wanted, such as s3://bucket/dir`,
      });
    } else if (path === "/") {
      problems.push({
        path: `${at}.path`,
        message: 'is "/", which Curvine refuses to mount on; a path below it is wanted',
        hint: `path: /${mount.name ?? "data"}`,
      });
    } else {
      mounts.push(toWanted(mount, at, path));
    }
  });
  if (problems.length > 0) throw new ConfigError("the Dataset's mounts", problems);
  return { mounts, native, paths: [...taken.keys()], warnings };

  function toWanted(mount: Mount, at: string, path: string): WantedMount {
    const flags = new Map<string, string>();
    // The shape of the two paths need not agree: Fluid's path is the user's choice.
    flags.set("check-path-consist", "false");
    const access = accessMode(mount, config.accessModes);
    if (access !== undefined) flags.set("access-mode", access);
    const properties = new Map<string, string>();
    for (const { name, value, place } of options(mount, at)) {
      const target = mountOption(name, schemeOf(mount.mountPoint) ?? "");
      if (target?.kind === "flag") flags.set(target.name, value);
      else if (target?.kind === "property") properties.set(target.name, value);
      else if (!RUNTIME_OPTIONS.has(name)) {
        warnings.push(
          `${place}: Curvine's mounts do not know "${name}"; it is left out (a dotted name such as ` +
            `"${schemeOf(mount.mountPoint)}.${name}" is passed on as it is)`,
        );
      }
    }
    return {
      path,
      mountPoint: mount.mountPoint,
      ufs: normalizeUfs(mount.mountPoint),
      flags: sorted(flags),
      properties: sorted(properties),
    };
  }

  function* options(mount: Mount, at: string): Generator<
    { name: string; value: string; place: string }
  > {
    for (const [name, value] of Object.entries(mount.options)) {
      const place = `${at}.options.${name}`;
      if (namesSecretFile(value)) {
        yield* fromFile(name, value, place);
        continue;
      }
      const target = mountOption(name, schemeOf(mount.mountPoint) ?? "");
      if (isSecretName(name) || isSecretName(target?.name ?? "")) secrets.hideText(value);
      yield { name, value, place };
    }
    for (const [name, file] of Object.entries(mount.encryptOptions)) {
      yield* fromFile(name, file, `${at}.encryptOptions.${name}`);
    }
  }

  function* fromFile(name: string, file: string, place: string): Generator<
    { name: string; value: string; place: string }
  > {
    const secret = secrets.read(file, inputs);
    if (!secret.ok) {
      problems.push({ path: place, message: secret.message, hint: secret.hint });
    } else if (secret.content === "") {
      problems.push({ path: place, message: `the secret file "${file}" is empty` });
    } else {
      yield { name, value: secret.content, place };
    }
  }
}

/**
 * Read-only as the mount says. Writing is asked for only where the Dataset's access modes allow it
 * and Fluid's default, ReadOnlyMany, was changed.
 */
function accessMode(mount: Mount, accessModes: readonly string[]): string | undefined {
  if (mount.readOnly) return "read_only";
  return accessModes.some((mode) => /^ReadWrite/.test(mode)) ? "read_write" : undefined;
}

function sorted(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/**
 * The arguments of `cv mount` for a mount.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const mount = {
 *   path: "/raw",
 *   mountPoint: "s3://lake/raw",
 *   ufs: "s3://lake/raw",
 *   flags: new Map([["access-mode", "read_only"]]),
 *   properties: new Map([["s3.region_name", "eu"]]),
 * };
 * assert.deepEqual(mountArguments(mount, true), [
 *   "mount", "s3://lake/raw", "/raw", "--update", "--access-mode=read_only", "-c", "s3.region_name=eu",
 * ]);
 * ```
 */
export function mountArguments(mount: WantedMount, update: boolean): string[] {
  return [
    "mount",
    mount.mountPoint,
    mount.path,
    ...(update ? ["--update"] : []),
    ...[...mount.flags].map(([name, value]) => `--${name}=${value}`),
    ...[...mount.properties].flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/** How a log shows the options: names, and values that are no secret. */
export function describeOptions(mount: WantedMount): string {
  return [...mount.flags, ...mount.properties]
    .map(([name, value]) => `${name}=${isSecretName(name) ? REDACTED : withoutPasswords(value)}`)
    .join(" ");
}
