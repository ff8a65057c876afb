import { Script } from "node:vm";

/** Where a part of a file lies. */
export interface Place {
  readonly at: number;
  readonly bytes: number;
}

/** Where a script lies in a file, and the code that V8 made of it. */
export interface ScriptPlaces {
  readonly script: Place;
  readonly code: Place;
}

/**
 * Opens a script, a function of its `module`, by the code that V8 made of it.
 *
 * @param path the file in which both lie
 * @returns what it exports; `undefined` where V8 refuses the code (of another version, of other
 *   flags) or there is none: without it, loading the script takes longer than loading modules
 */
export function openScript<Exports>(
  path: string,
  { script: text, code }: ScriptPlaces,
): Exports | undefined {
  try {
    using file = Deno.openSync(path);
    const script = new Script(new TextDecoder().decode(part(file, text)), {
      filename: "start.cjs",
      cachedData: part(file, code),
    });
    if (script.cachedDataRejected !== false) return undefined;
    const module = { exports: {} };
    script.runInThisContext()(module);
    return module.exports as Exports;
  } catch {
    return undefined;
  }
}

/** @throws {RangeError} where the file ends before it */
function part(file: Deno.FsFile, { at, bytes }: Place): Uint8Array {
  file.seekSync(at, Deno.SeekMode.Start);
  const read = new Uint8Array(bytes);
  for (let filled = 0; filled < bytes;) {
    const more = file.readSync(read.subarray(filled));
    if (more === null) throw new RangeError(`The file ends before ${at + bytes}`);
    filled += more;
  }
  return read;
}
