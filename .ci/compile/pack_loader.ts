/**
 * The part of the executable that opens packs (see `link_chunks.ts`). A pack's text lies beside the
 * code that V8 made of it while the executable was built: a cold start compiles next to nothing.
 * V8 checks that the code is its own and of this text; what it refuses, it compiles anew.
 */
import type { Script } from "node:vm";

/** What a chunk exports. */
type Exports = Readonly<Record<string, unknown>>;

/** A chunk's code. */
type Chunk = (need: (number: number) => Exports, load: Load) => Exports;

/** Stands for `import()`. */
type Load = (number: number) => Promise<Exports>;

/** Where the chunks are. */
export interface PackIndex {
  readonly folder: string;
  /** The packs' files: `NAME.pack` is a text with code, `NAME.text` one without, `NAME.br` small. */
  readonly files: readonly string[];
  /** For each chunk the pack that has it, an index of `files`. */
  readonly packOf: readonly number[];
  /** Where the code of each pack is, a file `NAME.code`. */
  readonly codeFolder: string;
}

/**
 * @param chunks those that are there from the beginning, by number
 * @param opened sees every script that was compiled
 * @returns what stands for static and for dynamic imports
 */
export function packLoader(
  chunks: Record<number, Chunk>,
  { folder, codeFolder, files, packOf }: PackIndex,
  opened?: (name: string, script: Script) => void,
): [need: (number: number) => Exports, load: Load] {
  const ready: Exports[] = [];
  let vm: typeof import("node:vm") | undefined;
  let zlib: typeof import("node:zlib") | undefined;

  const textOf = (file: string): string => {
    const path = `${folder}/${file}`;
    if (!isCompressed(file)) return Deno.readTextFileSync(path);
    return zlib?.brotliDecompressSync(Deno.readFileSync(path)).toString() ?? "";
  };
  const codeOf = (name: string): { cachedData?: Uint8Array } => {
    try {
      return { cachedData: Deno.readFileSync(`${codeFolder}/${name}.code`) };
    } catch {
      // The recorder's first runs have none yet.
      return {};
    }
  };
  const open = (file: string): void => {
    if (vm === undefined) throw new Error("node:vm is not loaded");
    const name = file.slice(0, file.indexOf("."));
    const script = new vm.Script(textOf(file), {
      filename: name,
      ...(file.endsWith(".pack") ? codeOf(name) : {}),
    });
    opened?.(file, script);
    Object.assign(chunks, script.runInThisContext());
  };
  const fileOf = (number: number): string => files[packOf[number] ?? -1] ?? "";
  const need = (number: number): Exports => {
    const found = ready[number];
    if (found !== undefined) return found;
    if (!(number in chunks)) open(fileOf(number));
    const chunk = chunks[number];
    if (chunk === undefined) throw new Error(`there is no chunk ${number} in this executable`);
    return ready[number] = chunk(need, load);
  };
  const load = async (number: number): Promise<Exports> => {
    vm ??= await import("node:vm");
    if (!(number in chunks) && isCompressed(fileOf(number))) zlib ??= await import("node:zlib");
    return need(number);
  };
  return [need, load];
}

function isCompressed(file: string): boolean {
  return file.endsWith(".br");
}
