/** The text of a small file, such as those of `/proc`; `undefined` where it cannot be read. */
export function readSmall(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
