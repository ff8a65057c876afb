import { brotliCompressSync } from "node:zlib";
import type { Linked } from "./link_chunks.ts";

const ENDINGS = { code: "pack", text: "text", compressed: "br" } as const;

/** Files of a folder by name. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/**
 * The files behind the base runtime: `main.js`, where it begins; for each pack its text and the
 * code that V8 made of it, or the text compressed.
 *
 * @param loader an expression whose value has `packLoader`
 * @param code by pack; or, for the recorder, an expression whose value is told of it instead
 */
export function layOut(
  { main, inline, packs, packOf }: Linked,
  loader: string,
  code: ReadonlyMap<string, Uint8Array> | string,
): Files {
  const records = typeof code === "string";
  const files = packs.map(({ name, form }) => `${name}.${ENDINGS[form]}`);
  const index = [
    "folder:import.meta.dirname",
    `codeFolder:${records ? "$recorder.CODE_FOLDER" : "import.meta.dirname"}`,
    `files:${JSON.stringify(files)}`,
    `packOf:${JSON.stringify(packOf)}`,
  ];
  const [before, more] = records ? [`const $recorder=${code};`, ",$recorder.opened"] : ["", ""];
  const begin = `${loader}.packLoader(${inline},{${index}}${more})`;
  return new Map<string, string | Uint8Array>([
    ["main.js", `${before}const[$need,$load]=${begin};${main}`],
    ...packs.map(({ script, form }, number): [string, string | Uint8Array] => [
      files[number] ?? "",
      form === "compressed" ? brotliCompressSync(script) : script,
    ]),
    ...records ? [] : [...code].map(([name, bytes]): [string, Uint8Array] => [
      `${name}.code`,
      bytes,
    ]),
  ]);
}
