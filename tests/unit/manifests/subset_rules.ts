import { nameOf, type YamlObject } from "./kustomize.ts";

/** Any YAML value under a path such as `spec.mounts.0.path`. */
export function at(object: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => (value as YamlObject | undefined | null)?.[key],
    object,
  );
}

/**
 * The rules of Fluid's CRDs that its users most often break, in our own words: for a checkout that
 * has no CRDs beside it.
 *
 * Source: Fluid, CRD rules for manifests; Facts that bite.
 */
export function subsetProblems(object: YamlObject): string[] {
  const problems: string[] = [];
  const want = (holds: boolean, what: string): void => {
    if (!holds) problems.push(`${object["kind"]} ${nameOf(object)}: ${what}`);
  };
  const onlyKeys = (path: string, allowed: readonly string[]): void => {
    for (const key of Object.keys(at(object, path) ?? {})) {
      want(allowed.includes(key), `${path}.${key} is unknown and would be pruned`);
    }
  };
  want(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(nameOf(object)), "the name is no DNS-1035 label");
  switch (object["kind"]) {
    case "CacheRuntimeClass":
      want(typeof object["fileSystemType"] === "string", "fileSystemType is missing");
      want(object["spec"] === undefined, "there is no spec");
      for (const operation of (object["dataOperationSpecs"] ?? []) as YamlObject[]) {
        const names = ["DataLoad", "DataBackup", "DataMigrate", "DataProcess"];
        want(names.includes(String(operation["name"])), "dataOperationSpecs has an unknown name");
      }
      for (const component of ["master", "worker", "client"]) {
        const path = `topology.${component}`;
        onlyKeys(path, ["dependencies", "executionEntries", "options", "service", "template"]);
        onlyKeys(`${path}.executionEntries`, ["mountUFS", "reportSummary"]);
        onlyKeys(`${path}.template`, ["metadata", "spec"]);
        want(at(object, `${path}.template.metadata`) === undefined, "template.metadata is pruned");
        if (at(object, path) !== undefined) {
          want(Array.isArray(at(object, `${path}.template.spec.containers`)), "no containers");
        }
      }
      break;
    case "CacheRuntime":
      want(typeof at(object, "spec.runtimeClassName") === "string", "no runtimeClassName");
      for (const component of ["master", "worker", "client"]) {
        want(at(object, `spec.${component}.command`) === undefined, "there is no command");
        const replicas = at(object, `spec.${component}.replicas`) ?? 0;
        want(Number.isInteger(replicas) && Number(replicas) >= 0, "replicas is no whole number");
      }
      for (const level of (at(object, "spec.worker.tieredStore.levels") ?? []) as YamlObject[]) {
        const paths = at(level, "hostPath.paths") as unknown[] | undefined;
        const quotas = at(level, "hostPath.quotas") as unknown[] | undefined;
        want(paths?.length === quotas?.length, "hostPath has not a quota for each path");
        for (const kind of ["emptyDir", "processMemory"]) {
          if (kind in level) want(at(level, `${kind}.quota`) !== undefined, `${kind} has no quota`);
        }
      }
      break;
    case "Dataset": {
      const mounts = (at(object, "spec.mounts") ?? []) as YamlObject[];
      want(mounts.length > 0, "no mounts");
      for (const mount of mounts) want(String(mount["mountPoint"]).length >= 5, "mountPoint");
      break;
    }
    case "ThinRuntimeProfile":
      want(typeof at(object, "spec.fileSystemType") === "string", "no fileSystemType");
      want(at(object, "spec.fuse.lifecycle.postStart") === undefined, "postStart is refused");
      want(
        ["HostNetwork", "", "ContainerNetwork", undefined].includes(
          at(object, "spec.fuse.networkMode") as string | undefined,
        ),
        "networkMode is unknown",
      );
      break;
    case "DataLoad":
      want(typeof at(object, "spec.dataset.name") === "string", "no dataset");
      want(["Once", "Cron", "OnEvent"].includes(String(at(object, "spec.policy"))), "policy");
      break;
  }
  return problems;
}
