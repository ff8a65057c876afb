import type { Inputs } from "../inputs.ts";
import type { ProcessPlan } from "../plan.ts";
import type { Generation } from "./generation.ts";

/** Variables that Curvine takes even when they are empty, as an empty host name. */
const HOSTNAME_VARIABLES = [
  "CURVINE_MASTER_HOSTNAME",
  "CURVINE_WORKER_HOSTNAME",
  "CURVINE_CLIENT_HOSTNAME",
  "CURVINE_TRANSFER_HOSTNAME",
];

/**
 * The FUSE daemon. Its settings are all in the file: a hot reload starts the same argument list
 * again and reads the file anew. Only what no reload can change stands on the command line.
 *
 * Source: Curvine, curvine-fuse.
 */
export function fuseProcess(
  { paths, inputs }: Generation,
  target: string,
  env: Readonly<Record<string, string | null>> = {},
): ProcessPlan {
  return {
    argv: [paths.fuse, "--conf", paths.conf, "--mnt-path", target],
    env: withoutHarm({
      // A cold start must never restore the state of a daemon that is gone.
      ...("CURVINE_FUSE_STATE_PATH" in inputs.env ? { CURVINE_FUSE_STATE_PATH: null } : {}),
      ...env,
    }, inputs),
    cwd: paths.home,
    policy: policyOf(inputs, "supervise"),
  };
}

/** A server: it reads the file once and has its web pages in the working directory. */
export function serverProcess(
  { paths, inputs }: Generation,
  service: "master" | "worker" | "transfer",
  env: Readonly<Record<string, string | null>> = {},
): ProcessPlan {
  return {
    argv: [paths.server, "--service", service, "--conf", paths.conf],
    env: withoutHarm(env, inputs),
    cwd: paths.home,
    policy: policyOf(inputs, "exec"),
  };
}

/** A mount must be kept alive; a server needs nobody between it and the container runtime. */
function policyOf({ settings }: Inputs, usual: ProcessPlan["policy"]): ProcessPlan["policy"] {
  if (settings.supervise === undefined) return usual;
  return settings.supervise ? "supervise" : "exec";
}

function withoutHarm(
  env: Readonly<Record<string, string | null>>,
  inputs: Inputs,
): Record<string, string | null> {
  const emptied = HOSTNAME_VARIABLES.filter((name) => inputs.env[name] === "" && !(name in env));
  return { ...env, ...Object.fromEntries(emptied.map((name) => [name, null])) };
}
