import { createHash } from "node:crypto";

/** How the bundler names what it splits off: by the source's name, and by a hash. */
const CHUNK = /[\w.]+-[A-Z0-9]{8}\.js/g;

/**
 * Names a bundle's chunks after what is in them. The bundler's own hash also covers where the npm
 * packages lay when it read them: it differs from user to user.
 *
 * Each chunk is told from the others by its text, then by the chunks that it names, and so on.
 *
 * @param files texts by name; `main.js` and whatever is no chunk keep their names
 * @throws {Error} for two chunks that cannot be told from each other
 */
export function nameChunks(files: ReadonlyMap<string, string>): Map<string, string> {
  const chunks = [...files.keys()].filter((name) => name.replace(CHUNK, "") === "");
  let names = new Map(chunks.map((name) => [name, name.replace(/-[A-Z0-9]{8}\.js$/, "")]));
  let distinct = 0;
  const renamed = (text: string): string => text.replace(CHUNK, (name) => names.get(name) ?? name);
  while (new Set(names.values()).size > distinct) {
    distinct = new Set(names.values()).size;
    names = new Map(chunks.map((name) => {
      const stem = name.replace(/-[A-Z0-9]{8}\.js$/, "");
      const hash = createHash("sha256").update(renamed(files.get(name) ?? "")).digest("hex");
      return [name, `${stem}-${hash.slice(0, 16)}.js`];
    }));
  }
  const bundle = new Map(
    [...files].map(([name, text]) => [names.get(name) ?? name, renamed(text)]),
  );
  if (bundle.size < files.size) throw new Error("Cannot name the chunks: two are the same");
  return bundle;
}
