import { type Problem, problemLine } from "../../plan/config_error.ts";
import type { Warning } from "../../plan/plan.ts";
import { type Manifest, placeText } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** What was found in one file of manifests. */
export interface ManifestReport {
  readonly file: string;
  /** What was checked, in words, such as `CacheRuntime "lake" with its Dataset`. */
  readonly checked: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** Gathers what is found, by file, each thing once. */
export class Found {
  readonly #files = new Map<
    string,
    { checked: string[]; problems: Map<string, Problem>; warnings: Map<string, Warning> }
  >();

  readonly #wrong = new Map<Manifest, string[]>();

  /** Starts a file's report, which may stay empty. */
  begin(file: string): void {
    this.#of(file);
  }

  /** Notes what was looked at. */
  checked({ document }: Manifest, what: string): void {
    this.#of(document.file).checked.push(what);
  }

  /** A problem of a file as a whole. */
  problem(file: string, problem: Problem): void {
    this.#of(file).problems.set(problemLine(problem), problem);
  }

  /** Whether something is known to be wrong at a place already. */
  knows(manifest: Manifest, place: Place): boolean {
    const text = placeText(place);
    return text !== "" && (this.#wrong.get(manifest) ?? []).includes(text);
  }

  /** A problem at a place of a manifest. */
  at(manifest: Manifest, place: Place, message: string, hint?: string): void {
    this.#wrong.set(manifest, [...this.#wrong.get(manifest) ?? [], placeText(place)]);
    const path = where(manifest, place);
    this.problem(manifest.document.file, {
      path,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** A warning at a place of a manifest. */
  warn(manifest: Manifest, place: Place, code: string, message: string): void {
    const path = where(manifest, place);
    const warning = { code, message: `${path}: ${message}`, path };
    this.#of(manifest.document.file).warnings.set(warning.message, warning);
  }

  /** A finding of a rule: a problem or a warning. */
  finding(manifest: Manifest, { kind, code, place, message, hint }: ShapeFinding): void {
    if (kind === "wrong") return this.at(manifest, place, message, hint);
    const advice = hint === undefined ? "" : `; ${hint}`;
    this.warn(manifest, place, code ?? "unknown-field", `${message}${advice}`);
  }

  /** Everything, by file, each in the order of its lines. */
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
