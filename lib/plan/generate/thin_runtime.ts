import { keyOf } from "../curvine/key_table.ts";
import { curvinePaths } from "../curvine/paths.ts";
import { tomlTable } from "../curvine/toml_value.ts";
import type { Mount, RuntimeConfig } from "../fluid/runtime_config.ts";
import { applyOptions, type ManagedKeys } from "./apply_options.ts";
import { section, setDefault } from "./base_config.ts";
import { clusterIdOf } from "./cluster_names.ts";
import { fuseProcess } from "./daemon_process.ts";
import { DEFAULTS } from "./defaults.ts";
import { type Endpoint, endpointTable, parseEndpoints } from "./endpoints.ts";
import type { Findings } from "./findings.ts";
import { guardFormat } from "./guard_format.ts";
import { guardSplice } from "./guard_splice.ts";
import type { Inputs } from "../inputs.ts";
import { checkFuse, curvinePath, mountPlan, mountTarget } from "./mount_target.ts";
import type { Plan } from "../plan.ts";
import { namesSecretFile } from "../secrets.ts";

const MANAGED: ManagedKeys = {
  "fuse.mnt_path": "it is the Dataset's target path, which Fluid decides",
  "fuse.fs_path": "it is the path of the mount's mountPoint",
  "client.master_addrs": 'set "master-endpoints"',
  "master.hostname": 'set "master-endpoints"',
  "master.rpc_port": 'set "master-endpoints"',
};

/** Options that are not keys of the file: read on their own, and never laid over it. */
const OWN_OPTIONS = ["master-endpoints", "master_endpoints", "cluster_id", "cluster-id"];

/** Names that `CURVINE_<NAME>` may have beside the keys of `[fuse]`; curvine-fuse's older flags. */
const OLDER_NAMES = [
  "master_web_port",
  "mnt_per_task",
  "entry_timeout",
  "attr_timeout",
  "negative_timeout",
  "meta_cache_ttl",
];

/** What names of the environment's options begin with. */
const PREFIX = "CURVINE_";

/** Keys of `[fuse]` that the environment says in other words. */
const NEVER_OF_ENVIRONMENT = ["mnt_path", "fs_path"];

/** The options of one source, weakest source last, with where they stand. */
interface Source {
  readonly at: string;
  readonly options: Readonly<Record<string, string>>;
  place?(name: string): string;
}

/**
 * The plan of a ThinRuntime: a FUSE client of a cluster that already exists. The mount's options
 * are stronger than the ThinRuntime's own, and those than the environment's.
 *
 * @param config `undefined` where there is no file: then the environment has to say everything
 */
export function generateThinRuntime(
  config: RuntimeConfig | undefined,
  reasons: readonly string[],
  inputs: Inputs,
  findings: Findings,
): Plan {
  const { env } = inputs;
  const paths = curvinePaths(env);
  const mount = curvineMount(config, findings);
  const sources: Source[] = [
    ...(mount === undefined
      ? []
      : [{ at: `mounts[${mount.index}].options`, options: mount.options }]),
    { at: "runtimeOptions", options: config?.runtimeOptions ?? {} },
    environmentSource(env),
  ];

  const fsPath = fsPathOf(mount, env, findings);
  const givenTarget = config?.targetPath ?? env["CURVINE_TARGET_PATH"];
  if (!givenTarget) {
    missing("targetPath", "where to mount", "CURVINE_TARGET_PATH to an absolute path", findings);
  }
  const target = mountTarget(givenTarget || DEFAULTS.fuseTarget, "targetPath", findings) ?? "";
  const endpoints = endpointsOf(sources, inputs, findings);

  const toml = tomlTable([
    ["format_master", false],
    ["format_worker", false],
    ["testing", false],
    ["cluster_id", clusterIdOf(env, config)],
  ]);
  const master = section(toml, "master");
  const fuse = section(toml, "fuse");
  const asked = new Set<string>();
  for (const source of sources.toReversed()) {
    const options = Object.fromEntries(
      Object.entries(source.options).filter(([name]) => !OWN_OPTIONS.includes(name)),
    );
    const layer = { ...source, scope: "thin" as const, options };
    for (const key of applyOptions(toml, layer, MANAGED, inputs, findings)) asked.add(key);
  }

  const [first] = endpoints;
  master["hostname"] = first?.hostname ?? "localhost";
  master["rpc_port"] = first?.port ?? DEFAULTS.masterRpcPort;
  setDefault(master, "web_port", DEFAULTS.masterWebPort);
  section(toml, "client")["master_addrs"] = endpoints.map(endpointTable);
  fuse["mnt_path"] = target;
  fuse["fs_path"] = fsPath;
  setDefault(fuse, "io_threads", DEFAULTS.thinIoThreads);
  setDefault(fuse, "worker_threads", DEFAULTS.thinWorkerThreads);
  if (mount?.readOnly) fuse["readonly"] = true;
  checkFuse(toml, findings);
  guardSplice(toml, asked, inputs, findings);
  guardFormat(toml, "fuse", asked, paths, inputs, findings);
  return {
    mode: "thin-runtime",
    component: "fuse",
    reasons,
    config: { path: paths.conf, toml },
    process: fuseProcess(paths, target, {}, inputs),
    mount: mountPlan(target, toml),
    warnings: findings.warnings,
  };
}

/** The one mount that is Curvine's; `pvc://` entries beside it are Fluid's own business. */
function curvineMount(
  config: RuntimeConfig | undefined,
  findings: Findings,
): Mount & { index: number } | undefined {
  const ours = (config?.mounts ?? [])
    .map((mount, index) => ({ ...mount, index }))
    .filter((mount) => !/^(pvc|local):\/\//.test(mount.mountPoint));
  for (const mount of ours) {
    if (curvinePath(mount.mountPoint) === undefined) {
      findings.problem(
        `mounts[${mount.index}].mountPoint`,
        `is ${JSON.stringify(mount.mountPoint)}; curvine:///path is wanted`,
        "a ThinRuntime mounts a Curvine cluster; other storage is mounted inside Curvine",
      );
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
  if (mount !== undefined) return curvinePath(mount.mountPoint) ?? "/";
  const given = env["CURVINE_MOUNT_POINT"];
  if (!given) {
    const wanted = "CURVINE_MOUNT_POINT to curvine:///path";
    missing("mounts[0].mountPoint", "which path of Curvine to mount", wanted, findings);
    return "/";
  }
  const path = curvinePath(given);
  if (path === undefined) {
    const message = `is ${JSON.stringify(given)}; curvine:///path is wanted`;
    findings.problem("$CURVINE_MOUNT_POINT", message);
  }
  return path ?? "/";
}

function endpointsOf(
  sources: readonly Source[],
  inputs: Inputs,
  findings: Findings,
): readonly Endpoint[] {
  const given = sources.flatMap(({ at, options }) =>
    ["master-endpoints", "master_endpoints"].flatMap((name) =>
      options[name] ? [{ at: `${at}.${name}`, text: options[name] }] : []
    )
  );
  const variable = inputs.env["CURVINE_MASTER_ENDPOINTS"];
  if (variable) given.push({ at: "$CURVINE_MASTER_ENDPOINTS", text: variable });
  const [strongest] = given;
  if (strongest === undefined) {
    const wanted = "CURVINE_MASTER_ENDPOINTS to host:port,host:port";
    missing("mounts[0].options.master-endpoints", "where Curvine's masters are", wanted, findings);
    return [];
  }
  if (namesSecretFile(strongest.text)) return secretEndpoints(strongest, inputs, findings);
  const parsed = parseEndpoints(strongest.text);
  if (parsed.ok) return parsed.endpoints;
  findings.problem(strongest.at, parsed.message, parsed.hint);
  return [];
}

/** Fluid gives what a Dataset encrypts as the path of a file; what is in it is never shown. */
function secretEndpoints(
  { at, text }: { at: string; text: string },
  inputs: Inputs,
  findings: Findings,
): readonly Endpoint[] {
  const secret = findings.secrets.read(text, inputs);
  if (!secret.ok) {
    findings.problem(at, secret.message, secret.hint);
    return [];
  }
  findings.secrets.hidePath(["client", "master_addrs"]);
  findings.secrets.hidePath(["master", "hostname"]);
  const parsed = parseEndpoints(secret.content);
  if (parsed.ok) return parsed.endpoints;
  findings.problem(
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
    if (keyOf("fuse", key) === undefined && !OLDER_NAMES.includes(key)) continue;
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
