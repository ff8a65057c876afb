import { kustomize, type YamlObject } from "../../unit/manifests/kustomize.ts";
import { at } from "../../unit/manifests/subset_rules.ts";
import type { Options } from "./curvine_cluster.ts";

/** How the kubelet asks a component: every so many seconds. */
export interface Periods {
  readonly startup: number;
  readonly readiness: number;
}

/** What a CacheRuntime and its class say of a cluster's timing. */
export interface Values {
  readonly name: string;
  /** For one master. */
  readonly alone: Options;
  /** For three. */
  readonly three: Options;
  readonly probes: Readonly<Record<"master" | "worker" | "client", Periods>>;
}

/**
 * Curvine's defaults and the samples' probes as they were before anybody measured: a lone master's
 * ticks are named, for curvine-fluid would choose shorter ones.
 */
export const BEFORE: Values = {
  name: "before",
  alone: options({ "journal.raft_tick_interval_ms": "1000" }),
  three: options({}),
  probes: {
    master: { startup: 5, readiness: 10 },
    worker: { startup: 5, readiness: 10 },
    client: { startup: 5, readiness: 10 },
  },
};

/** What the samples in `manifests/` say today. */
export async function samples(): Promise<Values> {
  const folder = new URL("../../../manifests/cache-runtime", import.meta.url).pathname;
  const [base, persistent] = [
    await kustomize(`${folder}/base`),
    await kustomize(`${folder}/persistent`),
  ];
  const periods = (component: string): Periods => {
    const container = at(
      only(base, "CacheRuntimeClass"),
      `topology.${component}.template.spec.containers.0`,
    );
    return {
      startup: Number(at(container, "startupProbe.periodSeconds")),
      readiness: Number(at(container, "readinessProbe.periodSeconds")),
    };
  };
  return {
    name: "samples",
    alone: optionsOf(only(base, "CacheRuntime")),
    three: optionsOf(only(persistent, "CacheRuntime")),
    probes: { master: periods("master"), worker: periods("worker"), client: periods("client") },
  };
}

function optionsOf(runtime: YamlObject): Options {
  const of = (component: string): Record<string, string> =>
    (at(runtime, `spec.${component}.options`) ?? {}) as Record<string, string>;
  return options(of("master"), of("worker"), of("client"));
}

function options(
  master: Record<string, string>,
  worker: Record<string, string> = {},
  client: Record<string, string> = {},
): Options {
  // Splicing asks for pipes larger than an ordinary machine gives. Curvine: curvine-fuse.
  return { master, worker, client: { ...client, "fuse.enable_splice": "false" } };
}

function only(objects: readonly YamlObject[], kind: string): YamlObject {
  const found = objects.find((object) => object["kind"] === kind);
  if (found === undefined) throw new Error(`The samples have no ${kind}`);
  return found;
}
