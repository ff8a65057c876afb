import assert from "node:assert/strict";
import type { TomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import { cacheRuntimeConfig } from "./as_fluid_writes.ts";
import { kustomize, type YamlObject } from "./kustomize.ts";
import { planOf } from "./plan_of.ts";

/** Where the samples lie. */
export const MANIFESTS = new URL("../../../manifests/", import.meta.url).pathname;

/** The first object of a kind in a folder of samples. */
export async function sample(folder: string, kind: string): Promise<YamlObject> {
  const found = (await kustomize(MANIFESTS + folder)).find((object) => object["kind"] === kind);
  assert.ok(found, `${folder} has no ${kind}`);
  return found;
}

/** What a component of a folder's CacheRuntime writes. */
export async function cacheToml(
  folder: string,
  component: Parameters<typeof cacheRuntimeConfig>[2],
): Promise<TomlTable> {
  const dataset = await sample(folder, "Dataset");
  const runtime = await sample(folder, "CacheRuntime");
  return (await planOf(cacheRuntimeConfig(dataset, runtime, component))).config.toml;
}
