import { reasonOf } from "../text/describe_error.ts";
/**
 * Writes a file that only we can read, for as long as `use` takes: its name is new and random, so
 * that nobody can have put a link in its place.
 *
 * @param folders are tried in their order, for a container's root may be read-only
 * @throws {Error} when none of them can be written
 */
export async function withPrivateFile<Result>(
  folders: readonly string[],
  suffix: string,
  text: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const path = create(folders, suffix, text);
  try {
    return await use(path);
  } finally {
    try {
      Deno.removeSync(path);
    } catch {
      // Somebody has cleaned up before us.
    }
  }
}

function create(folders: readonly string[], suffix: string, text: string): string {
  const faults: string[] = [];
  for (const folder of folders) {
    const path = `${folder}/curvine-fluid-${crypto.randomUUID()}${suffix}`;
    try {
      Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
      writeNew(path, text);
      return path;
    } catch (error) {
      faults.push(reasonOf(error));
    }
  }
  throw new Error(`Cannot write a private file: ${faults.join("; ")}`);
}

function writeNew(path: string, text: string): void {
  const file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  try {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
    file.syncDataSync();
  } finally {
    file.close();
  }
}
