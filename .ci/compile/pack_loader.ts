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
  /** Names of the packs that lie open, each a file `NAME.pack`. */
  readonly names: readonly string[];
  /** Where the other packs' texts end in the file `cold`, in which each is compressed. */
  readonly coldEnds: readonly number[];
  /** For each chunk the pack that has it, an index of `names` followed by `coldEnds`. */
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
  { folder, codeFolder, names, coldEnds, packOf }: PackIndex,
  opened?: (name: string, script: Script) => void,
): [need: (number: number) => Exports, load: Load] {
  const ready: Exports[] = [];
  let vm: typeof import("node:vm") | undefined;
  let zlib: typeof import("node:zlib") | undefined;
  let cold: Uint8Array | undefined;

  const compile = (text: string, filename: string, cachedData?: Uint8Array): void => {
    if (vm === undefined) throw new Error("node:vm is not loaded");
    const script = new vm.Script(text, {
      filename,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    opened?.(filename, script);
    Object.assign(chunks, script.runInThisContext());
  };
  const openCold = (index: number): void => {
    cold ??= Deno.readFileSync(`${folder}/cold`);
    const packed = cold.subarray(coldEnds[index - 1] ?? 0, coldEnds[index]);
    const text = zlib?.brotliDecompressSync(packed).toString() ?? "";
    compile(text, `cold-${index}`);
  };
  const open = (pack: number): void => {
    const name = names[pack];
    if (name === undefined) return openCold(pack - names.length);
    const text = Deno.readTextFileSync(`${folder}/${name}.pack`);
    let code: Uint8Array | undefined;
    try {
      code = Deno.readFileSync(`${codeFolder}/${name}.code`);
    } catch {
      // Built for another processor than the builder's: there is none.
    }
    compile(text, name, code);
  };
  const need = (number: number): Exports => {
    const found = ready[number];
    if (found !== undefined) return found;
    if (!(number in chunks)) open(packOf[number] ?? -1);
    const chunk = chunks[number];
    if (chunk === undefined) throw new Error(`there is no chunk ${number} in this executable`);
    return ready[number] = chunk(need, load);
  };
  const load = async (number: number): Promise<Exports> => {
    vm ??= await import("node:vm");
    if ((packOf[number] ?? -1) >= names.length) zlib ??= await import("node:zlib");
    return need(number);
  };
  return [need, load];
}
