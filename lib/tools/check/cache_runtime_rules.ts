import { COMPONENTS } from "./cache_runtime_file.ts";
import {
  doubtful,
  envRules,
  hostPathRule,
  labelRules,
  resourceRules,
  volumeMountRules,
  volumeRules,
  wrong,
} from "./container_rules.ts";
import { hasAt, listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import { quantityText } from "./quantity_text.ts";
import { isObject, nearestChoice, type ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** What Fluid and Kubernetes refuse of a CacheRuntime by itself. */
export function cacheRuntimeRules({ document: { value } }: Manifest): ShapeFinding[] {
  return [
    ...volumeRules(value, ["spec", "volumes"]),
    ...COMPONENTS.flatMap((component): ShapeFinding[] => {
      const place = ["spec", component];
      if (!isObject(valueAt(value, place))) return [];
      return [
        ...versionRules(value, [...place, "runtimeVersion"]),
        ...envRules(value, [...place, "env"]),
        ...volumeMountRules(value, [...place, "volumeMounts"]),
        ...resourceRules(value, [...place, "resources"]),
        ...labelRules(value, [...place, "podMetadata", "labels"], true),
        ...replicasRule(value, [...place, "replicas"]),
        ...(component === "master" ? [] : tierRules(value, [...place, "tieredStore", "levels"])),
      ];
    }),
  ];
}

/** Fluid takes the image only together with its tag; the pull policy counts alone. */
function versionRules(value: unknown, place: Place): ShapeFinding[] {
  const has = (part: string): boolean => Boolean(textAt(value, [...place, part]));
  if (has("image") === has("imageTag")) return [];
  const [given, absent] = has("image") ? ["image", "imageTag"] : ["imageTag", "image"];
  return [wrong(place, `has ${given} and no ${absent}: Fluid then takes neither`, `set ${absent}`)];
}

function replicasRule(value: unknown, place: Place): ShapeFinding[] {
  return valueAt(value, place) === 0
    ? [
      doubtful(
        "replicas",
        place,
        "is 0, of which Fluid makes 1",
        "set disabled to true to have none",
      ),
    ]
    : [];
}

const MEDIA = ["processMemory", "emptyDir", "hostPath"];

/** Levels of the cache: Fluid starts nothing where one is wrong. */
function tierRules(value: unknown, place: Place): ShapeFinding[] {
  const levels = listAt(value, place);
  const inMemory = levels.flatMap((level, index) =>
    !hasAt(level, ["processMemory"]) ? [] : [index]
  );
  return [
    ...inMemory.slice(1).map((index) =>
      wrong(
        [...place, index, "processMemory"],
        `is a second one, after that of level ${inMemory[0]}; Fluid takes one in all levels`,
        "use emptyDir with medium: Memory, or one level with the sum",
      )
    ),
    ...levels.flatMap((level, index) => levelRules(level, [...place, index])),
  ];
}

function levelRules(level: unknown, at: Place): ShapeFinding[] {
  const findings: ShapeFinding[] = [];
  const given = MEDIA.filter((kind) => hasAt(level, [kind]));
  if (given.length !== 1) {
    const has = given.length === 0 ? "says nowhere" : `says ${given.join(" and ")}`;
    findings.push(
      wrong(at, `${has} where the cache lies; exactly one of ${MEDIA.join(", ")} is wanted`),
    );
  }
  for (const kind of ["processMemory", "emptyDir"]) {
    findings.push(...quotaRule(textAt(level, [kind, "quota"]), [...at, kind, "quota"]));
  }
  const paths = listAt(level, ["hostPath", "paths"]);
  const quotas = listAt(level, ["hostPath", "quotas"]);
  if (paths.length !== quotas.length) {
    findings.push(wrong(
      [...at, "hostPath"],
      `has ${paths.length} paths and ${quotas.length} quotas; as many are wanted`,
    ));
  }
  quotas.forEach((_, index) => {
    const place = ["hostPath", "quotas", index];
    findings.push(...quotaRule(textAt(level, place), [...at, ...place]));
  });
  paths.forEach((path, index) => {
    const place = [...at, "hostPath", "paths", index];
    if (typeof path !== "string") return;
    findings.push(...hostPathRule(path, place));
    const earlier = paths.indexOf(path);
    if (earlier < index) {
      findings.push(doubtful(
        "same-disk",
        place,
        `is "${path}", and so is entry ${earlier}: both quotas are taken from one disk`,
      ));
    }
  });
  const medium = textAt(level, ["emptyDir", "medium"]) ?? "";
  if (!/^$|^Memory$|^HugePages(?:-.+)?$/.test(medium)) {
    const near = nearestChoice(medium, ["Memory", "HugePages"]);
    findings.push(wrong(
      [...at, "emptyDir", "medium"],
      `is ${JSON.stringify(medium)}; "", Memory or HugePages is wanted`,
      near === undefined ? undefined : `write "${near}"`,
    ));
  }
  return findings;
}

/** A tier of nothing: Fluid refuses 0 in memory and in an emptyDir, and Curvine takes no part. */
function quotaRule(text: string | undefined, place: Place): ShapeFinding[] {
  const quota = text === undefined ? undefined : quantityText(text);
  if (quota === undefined) return [];
  if (quota.zero) {
    return [wrong(place, `is ${JSON.stringify(text)}; more than 0 is wanted`)];
  }
  // Kubernetes has no unit beyond E and writes none: 10^21 bytes become 1.
  const [digits = ""] = /^\d+/.exec(text?.replace(/^\+?0*/, "") ?? "") ?? [];
  return digits.length > 18 && quota.text.length < 8
    ? [wrong(place, `is ${JSON.stringify(text)}, of which Kubernetes makes "${quota.text}"`)]
    : [];
}
