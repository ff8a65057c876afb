import { kustomize, nameOf, type YamlObject } from "../manifests/kustomize.ts";

/** What a cluster has of our manifests, and of what Fluid makes of them. */
export class KnownObjects {
  readonly #objects: YamlObject[] = [];

  /** Adds what a kustomization renders; what is there already is replaced. */
  async add(folder: string): Promise<YamlObject[]> {
    const rendered = await kustomize(folder);
    for (const object of rendered) {
      const at = this.#objects.findIndex((one) => idOf(one) === idOf(object));
      if (at < 0) this.#objects.push(object);
      else this.#objects[at] = object;
    }
    return rendered;
  }

  /** `kind/name`, in kubectl's small letters: the objects themselves and the workloads of Fluid's. */
  names(): Set<string> {
    return new Set([
      ...this.#objects.map(idOf),
      ...this.#objects.flatMap((object) =>
        workloadsOf(object).map(({ name }) => `daemonset/${name}`)
      ),
      ...this.pods().map((name) => `pod/${name}`),
      // Fluid makes a claim of a Dataset's name.
      ...this.all("Dataset").map((object) => `persistentvolumeclaim/${nameOf(object)}`),
    ]);
  }

  /**
   * The pods that run, as kubectl lists them, a client's random end as `…`. A client is there only
   * where a pod uses its Dataset's volume. Fluid: Environment, volumes, names.
   */
  pods(): string[] {
    const servers = this.all("CacheRuntime").flatMap((runtime) =>
      ["master", "worker"].flatMap((component) => {
        const { replicas = 0 } = field(runtime, "spec", component) as { replicas?: number };
        return Array.from({ length: replicas }, (_, at) => `${nameOf(runtime)}-${component}-${at}`);
      })
    );
    const pods = this.all("Pod");
    const claims = pods.flatMap((pod) => field(pod, "spec", "volumes") as YamlObject[])
      .map((volume) => (volume["persistentVolumeClaim"] as YamlObject | undefined)?.["claimName"]);
    const clients = this.#objects.filter((object) => claims.includes(nameOf(object)))
      .flatMap(workloadsOf).map(({ name }) => `${name}-…`);
    return [...servers, ...clients, ...pods.map(nameOf)].toSorted();
  }

  /** The containers of a pod or of a workload; `undefined` for one that there is not. */
  containers(reference: string): readonly string[] | undefined {
    const name = reference.slice(reference.indexOf("/") + 1);
    const client = this.#objects.flatMap(workloadsOf).find((one) => one.name === name);
    if (client !== undefined) return client.containers;
    const server = /-(master|worker)-\d+$/.exec(name)?.[1];
    return this.pods().includes(name) ? [server ?? "test"] : undefined;
  }

  /** All objects of a kind. */
  all(kind: string): YamlObject[] {
    return this.#objects.filter((object) => object["kind"] === kind);
  }

  /** Every kustomization of a folder, one after the other. */
  static async of(folders: readonly string[]): Promise<KnownObjects> {
    const known = new KnownObjects();
    for (const folder of folders) await known.add(folder);
    return known;
  }
}

/** The DaemonSets that Fluid makes of a runtime, with their containers. Fluid: ThinRuntime. */
function workloadsOf(object: YamlObject): { name: string; containers: string[] }[] {
  switch (object["kind"]) {
    case "CacheRuntime":
      return [{ name: `${nameOf(object)}-client`, containers: ["client", "janitor"] }];
    case "ThinRuntime":
      return [{ name: `${nameOf(object)}-fuse`, containers: ["thin-fuse"] }];
    default:
      return [];
  }
}

function idOf(object: YamlObject): string {
  return `${String(object["kind"]).toLowerCase()}/${nameOf(object)}`;
}

function field(object: YamlObject, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as YamlObject)[key] ?? {}, object);
}
