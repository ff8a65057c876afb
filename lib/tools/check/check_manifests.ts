import { ConfigError, type Problem, problemLine } from "../../plan/config_error.ts";
import { loadJson } from "../../plan/fluid/load_json.ts";
import { SECRETS_FOLDER } from "../../plan/secrets.ts";
import { checkRuntimeFile } from "../../plan/fluid/check_runtime_file.ts";
import { draftPlan } from "../../plan/generate/generate_plan.ts";
import type { Inputs } from "../../plan/inputs.ts";
import type { Warning } from "../../plan/plan.ts";
import { cacheRuntimeFile } from "./cache_runtime_file.ts";
import type { HandedFile } from "./handed_file.ts";
import { KIND_SHAPES } from "./kind_shapes.ts";
import { checkRules } from "./kind_rules.ts";
import { type Manifest, placeText, textAt, toManifest } from "./manifest.ts";
import { checkShape } from "./shape.ts";
import { thinRuntimeFile } from "./thin_runtime_file.ts";
import { type Place, yamlDocuments } from "./yaml_documents.ts";

/** What was found in one file of manifests. */
export interface ManifestReport {
  readonly file: string;
  /** What was checked, in words, such as `CacheRuntime "lake" with its Dataset`. */
  readonly checked: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** Manifests belong together: a Dataset may lie in one file and its runtime in another. */
export interface ManifestFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Checks manifests as Kubernetes and Fluid would, derives the runtime configs that Fluid would
 * write, and checks those as a start would. Every problem leads to a line of a file.
 *
 * @param inputs what generating reads beside the runtime config and the environment
 */
export async function checkManifests(
  files: readonly ManifestFile[],
  inputs: Inputs,
): Promise<ManifestReport[]> {
  const found = new Found();
  const manifests = files.flatMap(({ file, text }) => {
    found.begin(file);
    try {
      return yamlDocuments(text, file).flatMap((document) => toManifest(document) ?? []);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) found.problem(file, problem);
      return [];
    }
  });
  for (const manifest of manifests) checkOne(manifest, found);
  for (const runtime of manifests.filter(isRuntime)) {
    await checkRuntime(runtime, manifests, inputs, found);
  }
  for (const dataset of manifests.filter(({ kind }) => kind === "Dataset")) {
    if (manifests.some((one) => isRuntime(one) && belong(one, dataset))) {
      continue;
    }
    found.warn(
      dataset,
      [],
      "no-runtime",
      "has no CacheRuntime or ThinRuntime of its name in these files: its options are not checked",
    );
  }
  return found.reports();
}

/** What one manifest alone shows. */
function checkOne(manifest: Manifest, found: Found): void {
  const shape = Object.hasOwn(KIND_SHAPES, manifest.kind) ? KIND_SHAPES[manifest.kind] : undefined;
  if (shape === undefined) return;
  const findings = [
    ...checkShape(manifest.document.value, shape, []),
    ...checkRules(manifest),
  ];
  for (const { kind, place, message, hint } of findings) {
    if (kind === "unknown") {
      const advice = hint === undefined ? "" : `; ${hint}`;
      found.warn(manifest, place, "unknown-field", `${message}${advice}`);
    } else found.at(manifest, place, message, hint);
  }
  if (!isRuntime(manifest)) found.checked(manifest, `${manifest.kind} "${manifest.name}"`);
}

function isRuntime({ kind }: Manifest): boolean {
  return kind === "CacheRuntime" || kind === "ThinRuntime";
}

/** What a runtime and its Dataset make together. */
async function checkRuntime(
  runtime: Manifest,
  all: readonly Manifest[],
  inputs: Inputs,
  found: Found,
): Promise<void> {
  const cache = runtime.kind === "CacheRuntime";
  const dataset = all.find((one) => one.kind === "Dataset" && belong(one, runtime));
  if (dataset === undefined) {
    found.checked(runtime, `${runtime.kind} "${runtime.name}"`);
    found.warn(
      runtime,
      [],
      "no-dataset",
      `has no Dataset "${runtime.name}" in these files: what Fluid would write is not checked`,
    );
    return;
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
  const handed = cache
    ? cacheRuntimeFile(runtime, dataset, base)
    : thinRuntimeFile(runtime, dataset, base);
  await checkHanded(handed, inputs, found);
}

/** The derived file, as each component would read it. */
async function checkHanded(handed: HandedFile, inputs: Inputs, found: Found): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(handed.value));
  const told = new Set<string>();
  const at = (path: string): { manifest: Manifest; place: Place } => handed.origins.find(path);
  for (const { message } of checkRuntimeFile(loadJson(bytes, "it").value).warnings) {
    throw new Error(`a runtime config was derived in which ${message}`);
  }
  for (const { env } of handed.components) {
    let problems: readonly Problem[];
    let warnings: readonly Warning[] = [];
    try {
      const draft = await draftPlan({
        ...inputs,
        env: { ...inputs.env, ...env },
        hostname: env["HOSTNAME"] ?? "",
        isFile: (path) => path === handed.path || inputs.isFile(path),
        readFile: (path) =>
          path === handed.path
            ? bytes
            // No secret is at hand; whether it is in the cluster is not the manifests' fault.
            : path.startsWith(SECRETS_FOLDER)
            ? new Uint8Array()
            : inputs.readFile(path),
      });
      ({ problems } = draft);
      ({ warnings } = draft.plan);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      ({ problems } = error);
    }
    for (const problem of problems.filter((one) => !told.has(problemLine(one)))) {
      told.add(problemLine(problem));
      const { manifest, place } = at(problem.path);
      if (found.knows(manifest, place)) continue;
      found.at(manifest, place, withPath(problem, place), problem.hint);
    }
    for (const warning of warnings.filter(({ message }) => !told.has(message))) {
      told.add(warning.message);
      const { manifest, place } = at(warning.path ?? "");
      found.warn(manifest, place, warning.code, warning.message);
    }
  }
}

/** A problem that the manifest does not name exactly keeps its own path. */
function withPath({ path, message }: Problem, place: Place): string {
  return path === "" || placeText(place).endsWith(path.slice(path.lastIndexOf(".") + 1))
    ? message
    : `${path} ${message}`;
}

/** A Dataset and its runtime have the same name in the same namespace. */
function belong(one: Manifest, other: Manifest): boolean {
  return one.name === other.name && one.namespace === other.namespace;
}

/** Gathers what is found, by file, each thing once. */
class Found {
  readonly #files = new Map<
    string,
    { checked: string[]; problems: Map<string, Problem>; warnings: Map<string, Warning> }
  >();

  readonly #wrong = new Map<Manifest, string[]>();

  begin(file: string): void {
    this.#of(file);
  }

  checked({ document }: Manifest, what: string): void {
    this.#of(document.file).checked.push(what);
  }

  problem(file: string, problem: Problem): void {
    this.#of(file).problems.set(problemLine(problem), problem);
  }

  /** Whether something is known to be wrong at a place or inside it already. */
  knows(manifest: Manifest, place: Place): boolean {
    const within = placeText(place);
    return within !== "" &&
      (this.#wrong.get(manifest) ?? []).some((known) =>
        known === within || known.startsWith(`${within}.`) || known.startsWith(`${within}[`)
      );
  }

  at(manifest: Manifest, place: Place, message: string, hint?: string): void {
    this.#wrong.set(manifest, [...this.#wrong.get(manifest) ?? [], placeText(place)]);
    const path = where(manifest, place);
    this.problem(manifest.document.file, {
      path,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  warn(manifest: Manifest, place: Place, code: string, message: string): void {
    const path = where(manifest, place);
    const warning = { code, message: `${path}: ${message}`, path };
    this.#of(manifest.document.file).warnings.set(warning.message, warning);
  }

  reports(): ManifestReport[] {
    return [...this.#files].map(([file, { checked, problems, warnings }]) => ({
      file,
      checked,
      problems: [...problems.values()].sort(byLine),
      warnings: [...warnings.values()].sort(byLine),
    }));
  }

  #of(file: string): {
    checked: string[];
    problems: Map<string, Problem>;
    warnings: Map<string, Warning>;
  } {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const fresh = { checked: [], problems: new Map(), warnings: new Map() };
    this.#files.set(file, fresh);
    return fresh;
  }
}

function byLine(one: { readonly path?: string }, other: { readonly path?: string }): number {
  return lineIn(one) - lineIn(other);
}

function lineIn({ path = "" }: { readonly path?: string }): number {
  return Number(/^line (\d+)/.exec(path)?.[1] ?? 0);
}

function where({ kind, name, document }: Manifest, place: Place): string {
  const field = place.length === 0 ? "" : ` ${placeText(place)}`;
  return `line ${document.lineOf(place)}: ${kind}${name === "" ? "" : `/${name}`}${field}`;
}
