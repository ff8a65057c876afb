import type { Host } from "../ports/host.ts";
import { readTree } from "../system/read_tree.ts";

/**
 * `ls -lR TARGET |grep ^- |wc -l `: how many plain files a tree holds, hidden ones left out as ls
 * does. The kinds come with the names, so that no file has to be asked for.
 */
export async function countFiles(target: string, host: Host): Promise<number> {
  const options = { details: false, hidden: false };
  let count = 0;
  for await (const { path, entries, fault } of readTree(target, options)) {
    if (fault !== undefined) host.stderr(`ls: cannot open directory '${path}': ${fault}\n`);
    count += entries.filter(({ kind }) => kind === "file").length;
  }
  host.stdout(`${count}\n`);
  return 0;
}
