import { brotliCompressSync } from "node:zlib";
import type { Linked } from "./link_chunks.ts";

/** Files of a folder by name. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/**
 * The files behind the base runtime: `main.js`, where it begins; for each pack its text and the
 * code that V8 made of it; and all the rest compressed in one.
 *
 * @param loader an expression whose value has `packLoader`
 * @param code by pack; or, for the recorder, an expression whose value is told of it instead
 */
export function layOut(
  { main, inline, packs, cold, packOf }: Linked,
  loader: string,
  code: ReadonlyMap<string, Uint8Array> | string,
): Files {
  const compressed = cold.map(({ script }) => brotliCompressSync(script));
  let end = 0;
  const index = [
    "folder:import.meta.dirname",
    `codeFolder:${typeof code === "string" ? "$recorder.CODE_FOLDER" : "import.meta.dirname"}`,
    `names:${JSON.stringify(packs.map(({ name }) => name))}`,
    `coldEnds:${JSON.stringify(compressed.map(({ length }) => end += length))}`,
    `packOf:${JSON.stringify(packOf)}`,
  ];
  const [before, more] = typeof code === "string"
    ? [`const $recorder=${code};`, ",$recorder.opened"]
    : ["", ""];
  const begin = `${loader}.packLoader(${inline},{${index}}${more})`;
  return new Map<string, string | Uint8Array>([
    ["main.js", `${before}const[$need,$load]=${begin};${main}`],
    ["cold", concatenate(compressed)],
    ...packs.map(({ name, script }) => [`${name}.pack`, script] as const),
    ...typeof code === "string"
      ? []
      : [...code].map(([name, bytes]) => [`${name}.code`, bytes] as const),
  ]);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
