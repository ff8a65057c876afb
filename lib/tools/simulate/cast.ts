import { curvinePaths } from "../../plan/curvine/paths.ts";
import type { SimulationPaths } from "./relocate.ts";
import type { World } from "../../ports/world.ts";
import type { Host } from "../../ports/host.ts";
import { findInPath, installStandIn } from "../../system/simulation.ts";
import { STAND_IN_BINDFS, STAND_IN_SHOWS, STAND_IN_VARIABLE } from "./stand_in.ts";

/** Who plays Curvine, and how it mounts. */
export interface Cast {
  /** The real `CURVINE_HOME`; `undefined` for stand-ins. */
  readonly home: string | undefined;
  readonly mount: "real" | "bindfs" | "pretended";
  readonly env: Readonly<Record<string, string>>;
  /** Both in words, for people. */
  readonly who: string;
  readonly how: string;
}

/** Chooses the real Curvine where it can do the job, else stand-ins, and says why. */
export function castOf(
  mounts: boolean,
  fileEnv: Readonly<Record<string, string>>,
  paths: SimulationPaths,
  world: World,
  host: Host,
): Cast {
  const wanted = fileEnv["CURVINE_HOME"] || host.env["CURVINE_HOME"] || "";
  const { fuse, server } = curvinePaths({ CURVINE_HOME: wanted || "/nonexistent" });
  const isReal = wanted !== "" && host.kindOf(mounts ? fuse : server) === "file";
  const canMount = world.mounts.mayMount() && host.kindOf("/dev/fuse") === "other";
  if (isReal && (canMount || !mounts)) {
    return {
      home: wanted,
      mount: "real",
      env: {},
      who: `the one in ${wanted}`,
      how: "Curvine's own",
    };
  }
  for (const program of ["curvine-fuse", "curvine-server"]) {
    installStandIn(`${paths.home}/lib/${program}`);
  }
  const why = isReal
    ? `the Curvine in ${wanted} can mount nothing here`
    : wanted === ""
    ? "CURVINE_HOME is not set"
    : `there is no Curvine in ${wanted}`;
  const who = `a stand-in: ${why}`;
  const bindfs = findInPath("bindfs", host.env["PATH"] ?? "");
  if (canMount && bindfs !== undefined) {
    return {
      home: undefined,
      mount: "bindfs",
      env: {
        [STAND_IN_VARIABLE]: "bindfs",
        [STAND_IN_BINDFS]: bindfs,
        [STAND_IN_SHOWS]: paths.data,
      },
      who,
      how: "real FUSE mounts, by bindfs",
    };
  }
  const lacking = !world.mounts.mayMount()
    ? "this user may not mount"
    : host.kindOf("/dev/fuse") !== "other"
    ? "there is no /dev/fuse"
    : "there is no bindfs";
  return {
    home: undefined,
    mount: "pretended",
    env: { [STAND_IN_VARIABLE]: `${paths.run}/pretended-mount` },
    who,
    how: `pretended: ${lacking}`,
  };
}
