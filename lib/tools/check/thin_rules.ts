import { hookRules, startRules } from "./command_rules.ts";
import {
  envRules,
  imageRule,
  labelRules,
  resourceRules,
  volumeMountRules,
  volumeRules,
  wrong,
} from "./container_rules.ts";
import { profileFileSystemTypeRule } from "./file_system_type_rule.ts";
import { hasAt, listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
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
    ...startRules(
      "fluid-thin-runtime",
      listAt(value, [...fuse, "command"]),
      listAt(value, [...fuse, "args"]),
      [...fuse, hasAt(value, [...fuse, "args"]) ? "args" : "command"],
    ),
    ...hookRules(valueAt(value, fuse), fuse),
    ...imageRule(textAt(value, [...fuse, "image"]), [...fuse, "image"]),
    ...taggedImage(value, fuse),
    ...volumeRules(value, ["spec", "volumes"]),
    ...envRules(value, [...fuse, "env"]),
    ...volumeMountRules(value, [...fuse, "volumeMounts"]),
    ...resourceRules(value, [...fuse, "resources"]),
    ...labelRules(value, [...fuse, "podMetadata", "labels"], true),
  ];
}

/** Fluid puts a colon between image and tag. */
function taggedImage(value: unknown, fuse: readonly string[]): ShapeFinding[] {
  const image = textAt(value, [...fuse, "image"]) ?? "";
  const tag = /:[^:/@]+$/.exec(image)?.[0] ?? (image.includes("@") ? "@…" : undefined);
  if (tag === undefined || !textAt(value, [...fuse, "imageTag"])) return [];
  return [wrong(
    [...fuse, "image"],
    `is "${image}", which has a tag already, and imageTag is a second one`,
    "leave the tag to imageTag",
  )];
}
