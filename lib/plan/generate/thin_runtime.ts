import { defaultPort, keyOf } from "../curvine/key_table.ts";
import { isFluidsOwn } from "../fluid/mount_conflicts.ts";
import { authorityOf, WHERE_MASTERS } from "../curvine/ufs_path.ts";
import type { Mount, RuntimeConfig } from "../fluid/runtime_config.ts";
import type { Plan } from "../plan.ts";
import { namesSecretFile } from "../secrets.ts";
import { applyOptions, type ManagedKeys } from "./apply_options.ts";
import { clusterIdOf } from "./cluster_names.ts";
import { fuseProcess } from "./daemon_process.ts";
import { DEFAULTS } from "./defaults.ts";
import { type Endpoint, endpointTable, parseEndpoints } from "./endpoints.ts";
import type { Findings } from "./findings.ts";
import type { Generation } from "./generation.ts";
import { guardFormat } from "./guard_format.ts";
import { guardSplice } from "./guard_splice.ts";
import { checkRefused } from "./check_refused.ts";
import { curvinePath, mountPlan, writeMountPoint } from "./mount_target.ts";
import { parseMountOptions } from "./mount_options.ts";
import { aliasOf, isOwnOption, ownOption } from "./option_aliases.ts";

const MANAGED: ManagedKeys = {
  "fuse.mnt_path": "it is the Dataset's target path, which Fluid decides",
  "fuse.fs_path": "it is the path of the mount's mountPoint",
  "client.master_addrs": 'set "master-endpoints"',
  "master.hostname": 'set "master-endpoints"',
  "master.rpc_port": 'set "master-endpoints"',
};

/** What names of the environment's options begin with. */
const PREFIX = "CURVINE_";

/** Keys of `[fuse]` that the environment says in other words. */
const NEVER_OF_ENVIRONMENT = ["mnt_path", "fs_path"];

/** The options of one source, with where they stand. */
interface Source {
  readonly at: string;
  readonly options: Readonly<Record<string, string>>;
  place?(name: string): string;
}

/**
 * The plan of a ThinRuntime: a FUSE client of a cluster that already exists. The mount's options
 * are stronger than the ThinRuntime's own, and those than the environment's. Without a runtime
 * config the environment has to say everything.
 */
export function generateThinRuntime(generation: Generation): Plan {
  const { config, env, toml } = generation;
  const mount = curvineMount(config, generation);
  const sources = sourcesOf(mount, config, env);
  const fsPath = fsPathOf(mount, env, generation);
  const givenTarget = config?.targetPath ?? env["CURVINE_TARGET_PATH"];
  if (!givenTarget) {
    missing("targetPath", "where to mount", "CURVINE_TARGET_PATH to an absolute path", generation);
  }
  const target = writeMountPoint(generation, givenTarget, "targetPath", fsPath);
  const endpoints = endpointsOf(sources, generation);
  warnOfHost(mount, env, endpoints, generation);

  Object.assign(toml, {
    format_master: false,
    format_worker: false,
    testing: false,
    cluster_id: clusterIdOf(env, config),
  });
  const master = generation.section("master");
  for (const source of sources.toReversed()) {
    const options = Object.fromEntries(
      Object.entries(source.options).filter(([name]) => !isOwnOption(name)),
    );
    applyOptions(generation, { ...source, scope: "thin", options }, MANAGED);
  }

  const [first] = endpoints;
  master["hostname"] = first?.hostname ?? "localhost";
  master["rpc_port"] = first?.port ?? defaultPort("master");
  generation.setDefault("master", "web_port", DEFAULTS.masterWebPort);
  generation.section("client")["master_addrs"] = endpoints.map(endpointTable);
  generation.setDefault("fuse", "io_threads", DEFAULTS.thinIoThreads);
  generation.setDefault("fuse", "worker_threads", DEFAULTS.thinWorkerThreads);
  if (mount?.readOnly) generation.section("fuse")["readonly"] = true;
  checkRefused(generation);
  guardSplice(generation);
  guardFormat(generation);
  return generation.plan({
    process: fuseProcess(generation, target),
    mount: mountPlan(target, toml),
  });
}

/** Where options come from, the strongest first. */
function sourcesOf(
  mount: Mount & { index: number } | undefined,
  config: RuntimeConfig | undefined,
  env: Readonly<Record<string, string>>,
): Source[] {
  return [
    ...(mount === undefined
      ? []
      : [{ at: `mounts[${mount.index}].options`, options: mount.options }]),
    { at: "runtimeOptions", options: config?.runtimeOptions ?? {} },
    profileSource(config?.runtimeOptions ?? {}, env),
    environmentSource(env),
  ];
}

/**
 * The options of the ThinRuntimeProfile, which reach the container in `MOUNT_OPTIONS` alone. The
 * ThinRuntime's own are in it, too, and are taken from the file: what is wrong with one is said once.
 *
 * Source: Fluid, ThinRuntime.
 */
function profileSource(
  runtimeOptions: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Source {
  const given = Object.entries(parseMountOptions(env["MOUNT_OPTIONS"] ?? ""))
    .filter(([name]) => !Object.hasOwn(runtimeOptions, name));
  const place = (name: string): string => `$MOUNT_OPTIONS: ${name}`;
  return { at: "$MOUNT_OPTIONS", options: Object.fromEntries(given), place };
}

/** The one mount that is Curvine's; `pvc://` entries beside it are Fluid's own business. */
function curvineMount(
  config: RuntimeConfig | undefined,
  findings: Findings,
): Mount & { index: number } | undefined {
  const ours = (config?.mounts ?? [])
    .map((mount, index) => ({ ...mount, index }))
    .filter((mount) => !isFluidsOwn(mount.mountPoint));
  for (const mount of ours) {
    const found = curvinePath(mount.mountPoint);
    if (!found.ok) {
      const hint =
        "a ThinRuntime mounts a Curvine cluster; other storage is mounted inside Curvine";
      findings.problem(`mounts[${mount.index}].mountPoint`, found.message, found.hint ?? hint);
    }
  }
  if (ours.length > 1) {
    findings.problem("mounts", `has ${ours.length} Curvine mounts; exactly one is wanted`);
  }
  return ours[0];
}

function fsPathOf(
  mount: Mount | undefined,
  env: Readonly<Record<string, string>>,
  findings: Findings,
): string {
  const given = mount?.mountPoint ?? env["CURVINE_MOUNT_POINT"];
  if (!given) {
    const wanted = "CURVINE_MOUNT_POINT to curvine:///path";
    missing("mounts[0].mountPoint", "which path of Curvine to mount", wanted, findings);
    return "/";
  }
  const found = curvinePath(given);
  // What is wrong with a mount's was said when it was chosen.
  if (!found.ok && mount === undefined) {
    findings.problem("$CURVINE_MOUNT_POINT", found.message, found.hint);
  }
  return found.ok ? found.path : "/";
}

/**
 * `curvine://data/x` is the path `/data/x`, as the scripts before us had it; where the first part
 * is a master's name, or looks like a host's, somebody meant one, and gets another directory.
 */
function warnOfHost(
  mount: Mount & { index: number } | undefined,
  env: Readonly<Record<string, string>>,
  endpoints: readonly Endpoint[],
  findings: Findings,
): void {
  const given = mount?.mountPoint ?? env["CURVINE_MOUNT_POINT"] ?? "";
  const first = /^[a-z]+:\/\/([^/]+)/i.exec(given)?.[1];
  if (first === undefined || authorityOf(given) !== undefined) return;
  const isMaster = endpoints.some(({ hostname }) => hostname === first);
  if (!isMaster && !HOST.test(first)) return;
  const at = mount === undefined ? "$CURVINE_MOUNT_POINT" : `mounts[${mount.index}].mountPoint`;
  findings.warn(
    "host-in-path",
    `${at} is ${
      JSON.stringify(given)
    }: that is the directory "/${first}" in Curvine, not a host (` +
      `${WHERE_MASTERS})`,
    at,
  );
}

const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:[a-z]{2,3}|local|cluster|internal|info|cloud)$/i;

function endpointsOf(
  sources: readonly Source[],
  generation: Generation,
): readonly Endpoint[] {
  const given = sources.flatMap((source) => {
    const found = ownOption(source.options, "master_endpoints");
    const place = source.place?.(found?.name ?? "") ?? `${source.at}.${found?.name}`;
    return found === undefined ? [] : [{ at: place, text: found.text }];
  });
  const variable = generation.env["CURVINE_MASTER_ENDPOINTS"];
  if (variable) given.push({ at: "$CURVINE_MASTER_ENDPOINTS", text: variable });
  const [strongest] = given;
  if (strongest === undefined) {
    const wanted = "CURVINE_MASTER_ENDPOINTS to host:port,host:port";
    missing(
      "mounts[0].options.master-endpoints",
      "where Curvine's masters are",
      wanted,
      generation,
    );
    return [];
  }
  if (namesSecretFile(strongest.text)) return secretEndpoints(strongest, generation);
  const parsed = parseEndpoints(strongest.text);
  if (parsed.ok) return parsed.endpoints;
  generation.problem(strongest.at, parsed.message, parsed.hint);
  return [];
}

/** Fluid gives what a Dataset encrypts as the path of a file; what is in it is never shown. */
function secretEndpoints(
  { at, text }: { at: string; text: string },
  generation: Generation,
): readonly Endpoint[] {
  const secret = generation.secrets.read(text, generation.inputs);
  if (!secret.ok) {
    generation.problem(at, secret.message, secret.hint);
    return [];
  }
  generation.secrets.hidePath(["client", "master_addrs"]);
  generation.secrets.hidePath(["master", "hostname"]);
  const parsed = parseEndpoints(secret.content);
  if (parsed.ok) return parsed.endpoints;
  generation.problem(
    at,
    `is the content of ${JSON.stringify(text)}; "host:port,host:port" is wanted`,
  );
  return [];
}

/** `CURVINE_IO_THREADS` and its like: every key of `[fuse]`, as the scripts before us read them. */
function environmentSource(env: Readonly<Record<string, string>>): Source {
  const place = (name: string): string => `$${variableOf(name)}`;
  const options: Record<string, string> = {};
  for (const variable of Object.keys(env).filter((one) => one.startsWith(PREFIX)).sort()) {
    const key = variable.slice(PREFIX.length).toLowerCase();
    if (variable !== variableOf(key) || NEVER_OF_ENVIRONMENT.includes(key)) continue;
    if (keyOf("fuse", key) === undefined && aliasOf(key, true) === undefined) continue;
    const value = env[variable];
    if (value && !ofService(value)) options[key] = value;
  }
  return { at: "the environment", options, place };
}

/** Kubernetes gives every pod `CURVINE_WEB_PORT=tcp://…` where a Service is named `curvine-web`. */
function ofService(value: string): boolean {
  return /^(?:tcp|udp|sctp):\/\//.test(value);
}

function variableOf(name: string): string {
  return `${PREFIX}${name.toUpperCase()}`;
}

function missing(path: string, what: string, wanted: string, findings: Findings): void {
  findings.problem(path, `is missing: ${what}`, `or set ${wanted}`);
}
