import {
  envRules,
  labelRules,
  resourceRules,
  volumeMountRules,
  volumeRules,
  wrong,
} from "./container_rules.ts";
import { profileFileSystemTypeRule } from "./file_system_type_rule.ts";
import { hasAt, type Manifest } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";

/** What Fluid and Kubernetes refuse of a ThinRuntime or its profile by itself. */
export function thinRules({ kind, document: { value } }: Manifest): ShapeFinding[] {
  const fuse = ["spec", "fuse"];
  const postStart = [...fuse, "lifecycle", "postStart"];
  return [
    ...(kind === "ThinRuntimeProfile"
      ? profileFileSystemTypeRule(value, ["spec", "fileSystemType"])
      : []),
    ...(!hasAt(value, postStart)
      ? []
      : [wrong(postStart, "is refused by Fluid; only preStop can be set")]),
    ...volumeRules(value, ["spec", "volumes"]),
    ...envRules(value, [...fuse, "env"]),
    ...volumeMountRules(value, [...fuse, "volumeMounts"]),
    ...resourceRules(value, [...fuse, "resources"]),
    ...labelRules(value, [...fuse, "podMetadata", "labels"], true),
  ];
}
