import { isWithin, tidyPath } from "../../mount/mount_path.ts";

/** Where everything of a simulation lies. */
export interface SimulationPaths {
  readonly root: string;
  /** The folder of the runtime config, which is watched. */
  readonly config: string;
  readonly run: string;
  /** What a stand-in's mount shows. */
  readonly data: string;
  readonly temporary: string;
  /** The stand-ins' `CURVINE_HOME`. */
  readonly home: string;
  readonly terminationLog: string;
}

/** The folders of a simulation below its root. */
export function simulationPaths(root: string): SimulationPaths {
  return {
    root,
    config: `${root}/etc/fluid/config`,
    run: `${root}/run`,
    data: `${root}/shown`,
    temporary: `${root}/tmp`,
    home: `${root}/app/curvine`,
    terminationLog: `${root}/run/termination-log`,
  };
}

/** Variables whose value is a path that a start writes to, or mounts at. */
const PATHS = [
  "CURVINE_CACHE_PATH",
  "CURVINE_CONF_DIR",
  "CURVINE_CONF_FILE",
  "CURVINE_DATA_DIR",
  "CURVINE_LOG_DIR",
  "CURVINE_TARGET_PATH",
  "FLUID_RUNTIME_MOUNT_PATH",
];

/** Where a container runtime looks for programs when an image says nothing. */
const CONTAINER_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Keys of Curvine's whose values are folders that a server writes to, or lists of them. */
const FOLDER_KEYS = ["data_dir", "journal_dir", "log_dir", "meta_dir", "state_dir"];

/** The same path below another root; one that is there already stays. */
export function below(root: string, path: string): string {
  const tidy = tidyPath(path);
  return isWithin(tidy, root) ? tidy : `${root}${tidy}`;
}

/**
 * The environment of a simulated start: what the env files say, with every path that is written or
 * mounted moved below the root.
 *
 * @param home the real `CURVINE_HOME`, where there is one: its files are read, never written
 * @param configFile where the runtime config lies below the root; `undefined` where there is none
 */
export function simulatedEnvironment(
  given: Readonly<Record<string, string>>,
  paths: SimulationPaths,
  home: string | undefined,
  configFile: string | undefined,
): Record<string, string> {
  const env: Record<string, string> = { ...given };
  for (const name of PATHS) {
    const path = env[name] ?? "";
    // A relative one is meant from CURVINE_HOME, which lies below the root itself.
    if (path.startsWith("/")) env[name] = below(paths.root, path);
  }
  env["PATH"] ??= CONTAINER_PATH;
  env["HOME"] = below(paths.root, env["HOME"] || "/root");
  env["CURVINE_HOME"] = home ?? paths.home;
  if (home !== undefined) {
    // A real home is somebody's: nothing is written there.
    env["CURVINE_CONF_FILE"] ??= `${paths.home}/conf/curvine-cluster.toml`;
    env["CURVINE_DATA_DIR"] ??= `${paths.home}/data`;
  }
  env["CURVINE_CACHE_PATH"] ??= `${paths.root}/cache-data`;
  env["CURVINE_FLUID_RUN_DIR"] = paths.run;
  env["CURVINE_FLUID_TERMINATION_LOG"] = paths.terminationLog;
  env["CURVINE_FLUID_LOG_FORMAT"] = "json";
  env["TMPDIR"] = paths.temporary;
  // The ports of this machine are others'; the socket answers the same.
  delete env["CURVINE_FLUID_HTTP_ADDR"];
  if (configFile !== undefined) env["FLUID_RUNTIME_CONFIG_PATH"] = configFile;
  else if (env["FLUID_RUNTIME_CONFIG_PATH"]) {
    env["FLUID_RUNTIME_CONFIG_PATH"] = below(paths.root, env["FLUID_RUNTIME_CONFIG_PATH"]);
  }
  return env;
}

/** A runtime config with its target and all folders that are written to moved below the root. */
export function simulatedConfig(value: unknown, root: string): unknown {
  return walk(value, root);
}

function walk(value: unknown, root: string): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, root));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (name === "targetPath" && typeof inner === "string" && inner.startsWith("/")) {
        return [name, below(root, inner)];
      }
      if (name === "mountPaths" && Array.isArray(inner)) {
        return [
          name,
          inner.map((path) =>
            typeof path === "string" && path.startsWith("/") ? below(root, path) : path
          ),
        ];
      }
      if (typeof inner === "string" && FOLDER_KEYS.includes(keyOf(name))) {
        return [name, belowEach(root, inner)];
      }
      return [name, walk(inner, root)];
    }),
  );
}

/** The last part of an option's name, as Curvine spells it. */
function keyOf(option: string): string {
  return option.slice(option.lastIndexOf(".") + 1).replaceAll("-", "_");
}

/** Every absolute path of a list such as `[SSD:100GB]/data1,/data2`. */
function belowEach(root: string, text: string): string {
  return text.split(",").map((item) => {
    const [, before = "", path] = /^(\s*(?:\[[^\]]*\])?)(\/.*)$/.exec(item) ?? [];
    return path === undefined ? item : before + below(root, path.trimEnd());
  }).join(",");
}
