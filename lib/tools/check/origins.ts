import type { Manifest } from "./manifest.ts";
import type { Place } from "./yaml_documents.ts";

/** Where something in a derived runtime config was written by a person. */
export interface Origin {
  readonly manifest: Manifest;
  readonly place: Place;
}

/** Leads from a path in a runtime config, such as `worker.options.rpc_port`, to its manifest. */
export class Origins {
  readonly #known = new Map<string, Origin>();

  /** @param root whom everything comes from that nobody wrote */
  constructor(readonly root: Origin) {}

  add(path: string, manifest: Manifest, place: Place): void {
    this.#known.set(path, { manifest, place });
  }

  /** Whether somebody wrote exactly this: then a message need not name the derived path. */
  has(path: string): boolean {
    return this.#known.has(path);
  }

  /** The origin of a path, or of the nearest part around it. */
  find(path: string): Origin {
    for (let part = path; part !== ""; part = withoutLastStep(part)) {
      const found = this.#known.get(part);
      if (found !== undefined) return found;
    }
    return this.root;
  }
}

function withoutLastStep(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("."), path.lastIndexOf("[")));
}
