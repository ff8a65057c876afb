/** Where Curvine's files lie in this container. */
export interface CurvinePaths {
  /** `$CURVINE_HOME`. */
  readonly home: string;
  /** The configuration file that we write and that Curvine reads. */
  readonly conf: string;
  /** The image's own configuration file: the base, where `conf` is another file. */
  readonly imageConf: string;
  /** What lay at `conf` before we wrote there: the base of every later start. */
  readonly savedBase: string;
  readonly dataDir: string;
  readonly fuse: string;
  readonly server: string;
  /** The old mount script, written only on request. */
  readonly mountScript: string;
}

/** Curvine: The slim image. */
const DEFAULT_HOME = "/app/curvine";

/** Reads the paths from `CURVINE_HOME`, `CURVINE_CONF_FILE` and their relatives. */
export function curvinePaths(env: Readonly<Record<string, string>>): CurvinePaths {
  const home = withoutSlash(env["CURVINE_HOME"] || DEFAULT_HOME);
  // The daemons work in the home folder, so that is where a relative path must lead us, too.
  const below = (path: string): string => path.startsWith("/") ? path : `${home}/${path}`;
  const confDir = withoutSlash(below(env["CURVINE_CONF_DIR"] || "conf"));
  const conf = below(env["CURVINE_CONF_FILE"] || `${confDir}/curvine-cluster.toml`);
  return {
    home,
    conf,
    imageConf: `${home}/conf/curvine-cluster.toml`,
    savedBase: `${conf}.base`,
    dataDir: withoutSlash(below(env["CURVINE_DATA_DIR"] || "data")),
    fuse: `${home}/lib/curvine-fuse`,
    server: `${home}/lib/curvine-server`,
    mountScript: `${home}/mount-curvine.sh`,
  };
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.replace(/\/+$/, "") || "/" : path;
}
