import type { YamlObject } from "./kustomize.ts";

/** A command line that a manifest has run in a container of ours. */
export interface ManifestCommand {
  /** Where it stands. */
  readonly path: string;
  readonly argv: readonly string[];
}

/** The image that carries the executable. */
const IMAGE = /(^|\/)curvine-fluid(:|$)/;
const ENTRYPOINT = "/usr/local/bin/curvine-fluid";

/**
 * All command lines of an object of Fluid's: what containers start, probes, hooks, executionEntries
 * and data operations.
 */
export function commandsOf(object: YamlObject): ManifestCommand[] {
  const found: ManifestCommand[] = [];
  visit(object, String(object["kind"]), found);
  return found;
}

function visit(value: unknown, path: string, found: ManifestCommand[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(item, `${path}/${index}`, found);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const { image, command, args } = value as {
    image?: string;
    command?: string[];
    args?: string[];
  };
  // A container of another image is none of our business; a hook or an entry names no image.
  if (image !== undefined && !IMAGE.test(image)) return;
  if (image !== undefined || command !== undefined) {
    found.push({ path, argv: [...(command ?? [ENTRYPOINT]), ...(args ?? [])] });
  }
  for (const [key, item] of Object.entries(value)) {
    if (key !== "command" && key !== "args") visit(item, `${path}/${key}`, found);
  }
}

/** All environment variables that a manifest sets to a text, as Kubernetes would hand them over. */
export function variablesOf(value: unknown): { name: string; value: string }[] {
  if (Array.isArray(value)) return value.flatMap(variablesOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "env" && Array.isArray(item)
      ? item.filter((one) => typeof one.value === "string")
      : variablesOf(item)
  );
}
