/**
 * The SHA-256 over all files below a folder, names included: whatever is deleted, added or changed
 * there shows. Empty folders and what links lead to do not count.
 */
export async function treeHash(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const path of filesBelow(folder).sort()) {
    const digest = await crypto.subtle.digest("SHA-256", Deno.readFileSync(`${folder}/${path}`));
    lines.push(`${path} ${hex(digest)}`);
  }
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines.join("\n"))));
}

/** Fills a folder with files whose loss would show, some deep, some hidden, one empty. */
export function plantCanaries(folder: string): void {
  Deno.mkdirSync(`${folder}/deep/er/and deeper`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/canary`, "alive\n");
  Deno.writeTextFileSync(`${folder}/.hidden`, "kept\n");
  Deno.writeTextFileSync(`${folder}/empty`, "");
  for (let number = 0; number < 8; number++) {
    Deno.writeTextFileSync(`${folder}/deep/er/and deeper/${number}`, `${number}\n`.repeat(500));
  }
}

function filesBelow(folder: string, below = ""): string[] {
  return [...Deno.readDirSync(`${folder}/${below}`)].flatMap((entry) => {
    const path = `${below}${entry.name}`;
    return entry.isDirectory ? filesBelow(folder, `${path}/`) : entry.isFile ? [path] : [];
  });
}

function hex(digest: ArrayBuffer): string {
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
