/** The bytes of all regular files under a folder; links and folders count nothing. */
export async function contentSize(folder: string): Promise<number> {
  let bytes = 0;
  const seen = new Set<string>();
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      bytes += await contentSize(path);
    } else if (entry.isFile) {
      const { dev, ino, nlink, size } = await Deno.lstat(path);
      const key = `${dev}:${ino}`;
      if ((nlink ?? 1) > 1 && seen.has(key)) continue;
      seen.add(key);
      bytes += size;
    }
  }
  return bytes;
}
