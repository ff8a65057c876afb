import { containerEnv } from "./container_env.ts";
import { accessModesOf, datasetMounts } from "./dataset_mounts.ts";
import { field, type HandedFile, layOptions, sortedOrAbsent, type TextMap } from "./handed_file.ts";
import { listAt, type Manifest, valueAt } from "./manifest.ts";
import { Origins } from "./origins.ts";
import { persistentVolumes } from "./persistent_volumes.ts";
import { isObject } from "./shape.ts";

const OPTIONS = ["spec", "fuse", "options"];
const ENV = ["spec", "fuse", "env"];

/**
 * The runtime config that Fluid writes for a ThinRuntime. The profile's options are not in it: with
 * the runtime's over them they are in the variable `MOUNT_OPTIONS`.
 *
 * Source: Fluid, ThinRuntime.
 *
 * @param profile `undefined` where it is not among the manifests: it may be in the cluster
 * @param all where the claims and volumes of `pvc://` are looked for
 */
export function thinRuntimeFile(
  runtime: Manifest,
  dataset: Manifest,
  profile: Manifest | undefined,
  all: readonly Manifest[] = [],
): HandedFile {
  const { name, namespace } = runtime;
  const origins = new Origins({ manifest: runtime, place: [] });
  const runtimeOptions: TextMap = new Map();
  layOptions(runtimeOptions, "runtimeOptions", runtime, OPTIONS, origins);
  const targetPath = `/runtime-mnt/thin/${namespace}/${name}/thin-fuse`;
  const { attributes, mountOptions, refusals } = persistentVolumes(dataset, all);
  const mountOptionsText = mountOptionsOf(runtime, dataset, profile);
  const { env, unknown } = containerEnv({
    FLUID_RUNTIME_TYPE: "thin",
    FLUID_RUNTIME_NS: namespace,
    FLUID_RUNTIME_NAME: name,
  }, [
    ...listAt(profile?.document.value, ENV),
    ...listAt(runtime.document.value, ENV),
    { name: "MOUNT_POINT", value: targetPath },
    ...(mountOptionsText === "" ? [] : [{ name: "MOUNT_OPTIONS", value: mountOptionsText }]),
  ]);
  return {
    runtime: "thin",
    manifest: runtime,
    path: "/etc/fluid/config/config.json",
    value: {
      mounts: mountsOf(dataset, origins),
      targetPath,
      ...sortedOrAbsent("runtimeOptions", runtimeOptions),
      ...(Object.keys(attributes).length === 0 ? {} : { persistentVolumeAttrs: attributes }),
      ...(Object.keys(mountOptions).length === 0
        ? {}
        : { persistentVolumeMountOptions: mountOptions }),
      accessModes: accessModesOf(dataset),
    },
    components: [{
      name: "fuse",
      env: { HOSTNAME: `${name}-fuse-8w2cz`, ...env },
      unknown,
    }],
    origins,
    refusals,
  };
}

function mountsOf(dataset: Manifest, origins: Origins): Record<string, unknown>[] {
  return datasetMounts(dataset, origins, "options").map((mount) => ({
    mountPoint: mount.mountPoint,
    ...sortedOrAbsent("options", mount.options),
    ...field("name", mount.name),
    ...field("path", mount.path),
    ...field("readOnly", mount.readOnly),
    ...field("shared", mount.shared),
  }));
}

/**
 * `MOUNT_OPTIONS`: `k=v` and bare words with commas between. Fluid's `ro` stands there only where
 * the profile has no options at all. Fluid writes them in any order, here they are sorted.
 */
function mountOptionsOf(
  runtime: Manifest,
  dataset: Manifest,
  profile: Manifest | undefined,
): string {
  const ofProfile = valueAt(profile?.document.value, OPTIONS);
  const nowhere = new Origins({ manifest: runtime, place: [] });
  const options: TextMap = !isObject(ofProfile) && accessModesOf(dataset).includes("ReadOnlyMany")
    ? new Map([["ro", ""]])
    : new Map();
  layOptions(options, "", profile, OPTIONS, nowhere);
  layOptions(options, "", runtime, OPTIONS, nowhere);
  return [...options].map(([name, text]) => text === "" ? name : `${name}=${text}`).sort().join(
    ",",
  );
}
