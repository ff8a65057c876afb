import { datasetMounts } from "./dataset_mounts.ts";
import { envOf, type HandedFile, layOptions, type TextMap } from "./handed_file.ts";
import { listAt, type Manifest } from "./manifest.ts";
import { Origins } from "./origins.ts";

/**
 * The runtime config that Fluid writes for a ThinRuntime.
 *
 * Source: Fluid, ThinRuntime.
 *
 * @param profile `undefined` where it is not among the manifests: it may be in the cluster
 */
export function thinRuntimeFile(
  runtime: Manifest,
  dataset: Manifest,
  profile: Manifest | undefined,
): HandedFile {
  const { name, namespace } = runtime;
  const origins = new Origins({ manifest: runtime, place: [] });
  const runtimeOptions: TextMap = {};
  const options = ["spec", "fuse", "options"];
  layOptions(runtimeOptions, "runtimeOptions", profile, options, origins);
  layOptions(runtimeOptions, "runtimeOptions", runtime, options, origins);
  const modes = listAt(dataset.document.value, ["spec", "accessModes"]);
  const env = ["spec", "fuse", "env"];
  return {
    runtime: "thin",
    manifest: runtime,
    path: "/etc/fluid/config/config.json",
    value: {
      mounts: mountsOf(dataset, origins),
      targetPath: `/runtime-mnt/thin/${namespace}/${name}/thin-fuse`,
      runtimeOptions,
      accessModes: modes.length > 0 ? modes : ["ReadOnlyMany"],
    },
    components: [{
      name: "fuse",
      env: {
        ...envOf(listAt(profile?.document.value, env)),
        ...envOf(listAt(runtime.document.value, env)),
        FLUID_RUNTIME_TYPE: "thin",
        FLUID_RUNTIME_NS: namespace,
        FLUID_RUNTIME_NAME: name,
        FLUID_RUNTIME_CONFIG_PATH: "/etc/fluid/config/config.json",
        HOSTNAME: `${name}-fuse-8w2cz`,
      },
    }],
    origins,
  };
}

function mountsOf(dataset: Manifest, origins: Origins): Record<string, unknown>[] {
  return datasetMounts(dataset, origins, "options").map(
    ({ mountPoint, options, name, path, readOnly }) => ({
      mountPoint,
      options,
      ...field("name", name),
      ...field("path", path),
      ...field("readOnly", readOnly ? true : undefined),
    }),
  );
}

function field(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}
