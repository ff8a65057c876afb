/** The Dataset `lake` of the namespace `ai`, as Fluid gives it to its pods. */

/** Where its masters are. */
export const ADDRESSES = ["10.1.0.10", "10.1.0.11", "10.1.0.12"] as const;
export const [FIRST, SECOND, THIRD] = ADDRESSES;

/** What the headless service makes known of them. */
export const hosts: Readonly<Record<string, string>> = Object.fromEntries(
  ADDRESSES.map((address, one) => [
    `lake-master-${one}.svc-lake-master.ai.svc.cluster.local`,
    address,
  ]),
);

/** Shell lines that give this machine the masters' addresses. */
export const HERE = ["10.1.0.1", ...ADDRESSES]
  .map((address) => `ip address add ${address}/32 dev lo`).join("\n");

/** What Fluid sets in a container. */
export function environment(component: string): Readonly<Record<string, string>> {
  return {
    FLUID_RUNTIME_COMPONENT_TYPE: component,
    FLUID_RUNTIME_CONFIG_PATH: "/etc/fluid/config/runtime.json",
    FLUID_DATASET_NAME: "lake",
    FLUID_DATASET_NAMESPACE: "ai",
  };
}

/** The files of a container, of which the runtime config is one. @param masters how many */
export function files(masters = 3): Readonly<Record<string, unknown>> {
  return { "/etc/fluid/config/runtime.json": runtime(masters) };
}

/** A CacheRuntime's runtime config. */
export function runtime(masters: number): unknown {
  const component = (name: string, more: object = {}): object => ({
    enabled: true,
    name: `lake-${name}`,
    service: { name: `svc-lake-${name}` },
    ...more,
  });
  return {
    mounts: [{ mountPoint: "s3://bucket/data", name: "data", path: "/data" }],
    targetPath: "/runtime-mnt/cache/ai/lake/cache-fuse",
    master: component("master", { replicas: masters }),
    worker: component("worker"),
    client: component("client", { service: { name: "" } }),
  };
}
