import { parse, parseAllDocuments } from "yaml";

/** A Kubernetes object, or any other YAML mapping. */
export type YamlObject = { [key: string]: unknown };

/** What a kustomization may say here; anything else is refused, so that nothing is left undone. */
const KNOWN = [
  "apiVersion",
  "kind",
  "namespace",
  "resources",
  "patches",
  "configMapGenerator",
  "replacements",
];

/**
 * Renders a folder as `kubectl kustomize` does, for the part of kustomize that our manifests use:
 * resources (files and folders), namespace, JSON 6902 patches by target kind and name, ConfigMaps out
 * of files, and values that are brought from one kind to another. Where kubectl is there, a test
 * compares the two.
 *
 * @throws {Error} for whatever kustomize, or this part of it, does not know
 */
export async function kustomize(folder: string): Promise<YamlObject[]> {
  const path = `${folder}/kustomization.yaml`;
  const spec = parse(await Deno.readTextFile(path)) as YamlObject;
  const unknown = Object.keys(spec).filter((key) => !KNOWN.includes(key));
  if (unknown.length > 0) throw new Error(`Cannot render ${path}: it says ${unknown}`);
  if (spec["kind"] !== "Kustomization") throw new Error(`Cannot render ${path}: what kind is it?`);

  let objects: YamlObject[] = [];
  for (const resource of list<string>(spec["resources"])) {
    const at = `${folder}/${resource}`;
    objects.push(...(await isFolder(at) ? await kustomize(at) : await readManifest(at)));
  }
  for (const generator of list<YamlObject>(spec["configMapGenerator"])) {
    objects.push(await configMap(generator, folder));
  }
  for (const patch of list<YamlObject>(spec["patches"])) {
    const operations = parse(await Deno.readTextFile(`${folder}/${patch["path"]}`));
    const target = patch["target"] as YamlObject;
    const matching = objects.filter((object) =>
      object["kind"] === target["kind"] && nameOf(object) === target["name"]
    );
    if (matching.length === 0) throw new Error(`Cannot patch in ${path}: nobody is ${target}`);
    for (const object of matching) applyPatch(object, operations as Operation[]);
  }
  const namespace = spec["namespace"];
  if (typeof namespace === "string") {
    objects = objects.map((object) => inNamespace(object, namespace));
  }
  for (const replacement of list<Replacement>(spec["replacements"])) replace(objects, replacement);
  return objects;
}

/** All objects of a manifest file. @throws {Error} for YAML with errors or warnings */
export async function readManifest(path: string): Promise<YamlObject[]> {
  const documents = parseAllDocuments(await Deno.readTextFile(path), { uniqueKeys: true });
  return documents.map((document) => {
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem !== undefined) throw new Error(`Cannot read ${path}: ${problem.message}`);
    return document.toJS() as YamlObject;
  });
}

/** The name in an object's metadata. */
export function nameOf(object: YamlObject): string {
  return String((object["metadata"] as YamlObject | undefined)?.["name"]);
}

async function configMap(generator: YamlObject, folder: string): Promise<YamlObject> {
  const options = (generator["options"] ?? {}) as YamlObject;
  const unknown = Object.keys(generator).filter((key) =>
    !["name", "files", "options"].includes(key)
  );
  // With a hash in its name, whoever names the ConfigMap would have to be found and changed.
  if (unknown.length > 0 || options["disableNameSuffixHash"] !== true) {
    throw new Error(`Cannot generate the ConfigMap ${generator["name"]}`);
  }
  const data: YamlObject = {};
  for (const file of list<string>(generator["files"])) {
    data[file.slice(file.lastIndexOf("/") + 1)] = await Deno.readTextFile(`${folder}/${file}`);
  }
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: generator["name"],
      ...(options["labels"] === undefined ? {} : { labels: options["labels"] }),
      ...(options["annotations"] === undefined ? {} : { annotations: options["annotations"] }),
    },
    data,
  };
}

/** Kinds of ours that belong to the cluster and so to no namespace. */
const CLUSTER_SCOPED = ["CacheRuntimeClass", "ThinRuntimeProfile", "ClusterRole", "Namespace"];

function inNamespace(object: YamlObject, namespace: string): YamlObject {
  if (CLUSTER_SCOPED.includes(String(object["kind"]))) return object;
  const moved = { ...object, metadata: { ...object["metadata"] as YamlObject, namespace } };
  if (object["kind"] !== "RoleBinding") return moved;
  // Of the subjects only this one is moved along, for it is in every namespace.
  const subjects = list<YamlObject>(object["subjects"]).map((subject) =>
    subject["kind"] === "ServiceAccount" && subject["name"] === "default"
      ? { ...subject, namespace }
      : subject
  );
  return { ...moved, subjects };
}

interface Replacement {
  readonly source: { readonly kind: string; readonly fieldPath: string };
  readonly targets: readonly {
    readonly select: { readonly kind: string };
    readonly fieldPaths: readonly string[];
  }[];
}

/** A value of the one object of a kind, written into fields that objects of a kind already have. */
function replace(objects: readonly YamlObject[], { source, targets }: Replacement): void {
  const sources = objects.filter((object) => object["kind"] === source.kind);
  if (sources.length !== 1) throw new Error(`Cannot replace: ${sources.length} ${source.kind}`);
  const value = field(sources[0] as YamlObject, source.fieldPath).get();
  for (const { select, fieldPaths } of targets) {
    for (const object of objects.filter((object) => object["kind"] === select.kind)) {
      for (const path of fieldPaths) field(object, path).set(value);
    }
  }
}

function field(
  object: YamlObject,
  path: string,
): { get(): unknown; set(value: unknown): void } {
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  let parent: unknown = object;
  for (const part of parts) parent = (parent as YamlObject | undefined)?.[part];
  if (typeof parent !== "object" || parent === null || !(last in parent)) {
    throw new Error(`Cannot replace: ${object["kind"]} ${nameOf(object)} has no ${path}`);
  }
  const place = parent as YamlObject;
  return { get: () => place[last], set: (value) => void (place[last] = value) };
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** RFC 6902, of which our patches use `add`, `replace` and `test`. */
function applyPatch(object: YamlObject, operations: readonly Operation[]): void {
  for (const { op, path, value } of operations) {
    const parts = path.slice(1).split("/").map((part) =>
      part.replaceAll("~1", "/").replaceAll("~0", "~")
    );
    const last = parts.pop() ?? "";
    let parent: unknown = object;
    for (const part of parts) parent = (parent as YamlObject | undefined)?.[part];
    const refuse = (why: string): never => {
      throw new Error(`Cannot ${op} ${path} of ${object["kind"]} ${nameOf(object)}: ${why}`);
    };
    if (typeof parent !== "object" || parent === null) refuse("there is no such place");
    const place = parent as YamlObject;
    if (op === "test") {
      if (JSON.stringify(place[last]) !== JSON.stringify(value)) {
        refuse(`it is ${JSON.stringify(place[last])}`);
      }
    } else if (op === "replace") {
      if (!(last in place)) refuse("there is nothing to replace");
      place[last] = value;
    } else if (op !== "add") {
      refuse("what is that?");
    } else if (Array.isArray(parent)) {
      parent.splice(last === "-" ? parent.length : Number(last), 0, value);
    } else {
      place[last] = value;
    }
  }
}

function list<T>(value: unknown): T[] {
  return value === undefined ? [] : value as T[];
}

async function isFolder(path: string): Promise<boolean> {
  return (await Deno.stat(path)).isDirectory;
}
