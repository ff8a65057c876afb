import { ConfigError } from "../../plan/config_error.ts";
import type { Inputs } from "../../plan/inputs.ts";
import { cacheRuntimeFile } from "./cache_runtime_file.ts";
import { checkHanded } from "./check_handed.ts";
import { dataLoadRules } from "./data_load_rules.ts";
import { Found, type ManifestReport } from "./found.ts";
import type { HandedFile } from "./handed_file.ts";
import { checkRules, unknownKind } from "./kind_rules.ts";
import { KIND_SHAPES } from "./kind_shapes.ts";
import { type Manifest, manifestsOf, textAt } from "./manifest.ts";
import { mountFindings } from "./mount_findings.ts";
import { cacheRules } from "./cache_rules.ts";
import { checkShape } from "./shape.ts";
import { thinRuntimeFile } from "./thin_runtime_file.ts";
import { thinRuntimeRules } from "./thin_runtime_rules.ts";
import { yamlDocuments } from "./yaml_documents.ts";

/** Manifests belong together: a Dataset may lie in one file and its runtime in another. */
export interface ManifestFile {
  readonly file: string;
  readonly text: string;
}

/** What was found, and what Fluid would write. */
export interface CheckedManifests {
  readonly reports: readonly ManifestReport[];
  /** Runtime configs by `<kind>/<namespace>/<name>`; none where Fluid writes none. */
  readonly written: Readonly<Record<string, unknown>>;
}

/**
 * Checks manifests as Kubernetes and Fluid would, derives the runtime configs that Fluid would
 * write, and checks those as a start would. Every problem leads to a line of a file.
 *
 * @param inputs what generating reads beside the runtime config and the environment
 */
export function checkManifests(
  files: readonly ManifestFile[],
  inputs: Inputs,
): CheckedManifests {
  const found = new Found();
  const manifests = files.flatMap((file) => readManifests(file, found));
  for (const manifest of manifests) checkOne(manifest, found);
  checkTwice(manifests, found);
  const written: [string, unknown][] = [];
  for (const runtime of manifests.filter(isRuntime)) {
    const handed = handedBy(runtime, manifests, found);
    if (handed === undefined) continue;
    for (const { manifest, place, message, hint } of handed.refusals) {
      found.at(manifest, place, message, hint);
    }
    if (handed.runtime === "cache") checkMounts(handed, manifests, found);
    checkHanded(handed, inputs, found);
    if (handed.refusals.length > 0) continue;
    written.push([`${runtime.kind}/${runtime.namespace}/${runtime.name}`, handed.value]);
  }
  for (const load of manifests.filter(({ kind }) => kind === "DataLoad")) {
    for (const finding of dataLoadRules(load, manifests)) found.finding(load, finding);
  }
  for (const dataset of manifests.filter(({ kind }) => kind === "Dataset")) {
    if (manifests.some((one) => isRuntime(one) && belong(one, dataset))) continue;
    found.warn(
      dataset,
      [],
      "no-runtime",
      "has no CacheRuntime or ThinRuntime of its name in these files: its options are not checked",
    );
  }
  return { reports: found.reports(), written: Object.fromEntries(written) };
}

function readManifests({ file, text }: ManifestFile, found: Found): Manifest[] {
  found.begin(file);
  try {
    return yamlDocuments(text, file).flatMap((document) => {
      for (const { line, key } of document.doubles) {
        found.problem(file, {
          path: `line ${line}`,
          message: `the key "${key}" stands twice in one mapping: kubectl takes the last, ` +
            "kustomize refuses it",
          hint: "leave one of them",
        });
      }
      return manifestsOf(document);
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) found.problem(file, problem);
    return [];
  }
}

/** What one manifest alone shows. */
function checkOne(manifest: Manifest, found: Found): void {
  for (const finding of unknownKind(manifest)) found.finding(manifest, finding);
  const shape = Object.hasOwn(KIND_SHAPES, manifest.kind) ? KIND_SHAPES[manifest.kind] : undefined;
  if (shape === undefined) return;
  const { value, plainTextOf } = manifest.document;
  for (const finding of [...checkShape(value, shape, [], plainTextOf), ...checkRules(manifest)]) {
    found.finding(manifest, finding);
  }
  if (!isRuntime(manifest)) found.checked(manifest, `${manifest.kind} "${manifest.name}"`);
}

/** Two manifests of one object: the one that is applied last is what there is. */
function checkTwice(manifests: readonly Manifest[], found: Found): void {
  const seen = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const { kind, namespace, name } = manifest;
    if (!Object.hasOwn(KIND_SHAPES, kind) || name === "") continue;
    const key = JSON.stringify([kind, namespace, name]);
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      const { file, lineOf } = earlier.document;
      found.warn(manifest, [], "twice", `stands in ${file}, line ${lineOf([])}, too`);
    }
    seen.set(key, manifest);
  }
}

function isRuntime({ kind }: Manifest): boolean {
  return kind === "CacheRuntime" || kind === "ThinRuntime";
}

/** What Fluid would hand to a runtime's containers; `undefined` where its Dataset is not at hand. */
function handedBy(
  runtime: Manifest,
  all: readonly Manifest[],
  found: Found,
): HandedFile | undefined {
  const cache = runtime.kind === "CacheRuntime";
  const dataset = all.find((one) => one.kind === "Dataset" && belong(one, runtime));
  if (dataset === undefined) {
    found.checked(runtime, `${runtime.kind} "${runtime.name}"`);
    const elsewhere = all.find((one) => one.kind === "Dataset" && one.name === runtime.name);
    const advice = elsewhere === undefined
      ? ""
      : ` (there is one in the namespace "${elsewhere.namespace}", not in "${runtime.namespace}")`;
    found.warn(
      runtime,
      [],
      "no-dataset",
      `has no Dataset "${runtime.name}" in these files: what Fluid would write is not checked` +
        advice,
    );
    return undefined;
  }
  found.checked(runtime, `${runtime.kind} "${runtime.name}" with its Dataset`);
  const place = ["spec", cache ? "runtimeClassName" : "profileName"];
  const wanted = textAt(runtime.document.value, place);
  const base = all.find(({ kind, name }) =>
    kind === (cache ? "CacheRuntimeClass" : "ThinRuntimeProfile") && name === wanted
  );
  if (base === undefined && wanted !== undefined) {
    found.warn(
      runtime,
      place,
      "no-class",
      `is "${wanted}", which is not in these files: its options are not checked`,
    );
  }
  const rules = cache
    ? cacheRules(runtime, dataset, base)
    : thinRuntimeRules(runtime, dataset, base, all);
  for (const { manifest, finding } of rules) found.finding(manifest, finding);
  return cache
    ? cacheRuntimeFile(runtime, dataset, base)
    : thinRuntimeFile(runtime, dataset, base, all);
}

/** What `mount-ufs` would say, before the cluster has it. */
function checkMounts(
  { manifest, origins }: HandedFile,
  all: readonly Manifest[],
  found: Found,
): void {
  const dataset = all.find((one) => one.kind === "Dataset" && belong(one, manifest));
  if (dataset === undefined) return;
  const { problems, warnings } = mountFindings(dataset);
  for (const { path, message, hint } of problems) {
    const origin = origins.find(path);
    if (!found.knows(origin.manifest, origin.place)) {
      found.at(origin.manifest, origin.place, message, hint);
    }
  }
  for (const { code, path = "", message } of warnings) {
    const origin = origins.find(path);
    found.warn(origin.manifest, origin.place, code, message);
  }
}

/** A Dataset and its runtime have the same name in the same namespace. */
function belong(one: Manifest, other: Manifest): boolean {
  return one.name === other.name && one.namespace === other.namespace;
}
