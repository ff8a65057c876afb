/** A comment that names a fact of Fluid's or Curvine's leads to that fact in docs/contract. */
import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** Where the subjects of a neighbour stand. */
const DOCUMENTS = {
  Curvine: ["docs/contract/curvine.md", "docs/contract/takeover.md"],
  Fluid: ["docs/contract/fluid.md"],
  Takeover: ["docs/contract/takeover.md"],
} as const;

type Neighbour = keyof typeof DOCUMENTS;

interface Citation {
  /** `nobody` where a "Source:" names no neighbour. */
  readonly of: Neighbour | "nobody";
  readonly subject: string;
}

/** The comments of a module as text on one line each. */
function comments(source: string): string[] {
  const blocks = [...source.matchAll(/\/\*\*?([\s\S]*?)\*\/|((?:^|\n)(?:\s*\/\/.*\n?)+)/g)];
  return blocks.map(([, block, lines]) =>
    (block ?? lines ?? "").replaceAll(/\n\s*(?:\*|\/\/)?[ ]?/g, " ").replaceAll(/\s*\/\/\s?/g, " ")
  );
}

/** `Curvine: a, b.`, and `Source: Fluid, a; b; Curvine, c.` with what a colon adds left out. */
function citations(comment: string): Citation[] {
  const found: Citation[] = [];
  const sources = [...comment.matchAll(/\bSource: (.*?)(?:\.(?=\s|$)|$)/g)].map(([, text]) => text);
  for (const text of sources) {
    let of: Neighbour | undefined;
    for (const item of (text ?? "").split(";")) {
      const [, name, rest] = /^\s*(?:(Curvine|Fluid)(?: [\d.]+)?, )?(.*)$/.exec(item) ?? [];
      if (name !== undefined) of = name as Neighbour;
      found.push({ of: of ?? "nobody", subject: rest ?? "" });
    }
  }
  const direct = /(?:^|[(\s])(Curvine|Fluid|Takeover): ((?:[^.;)]|\.(?=\S))*)/g;
  for (const [, of = "", subject = ""] of comment.matchAll(direct)) {
    found.push({ of: of as Neighbour, subject });
  }
  return found.map(({ of, subject }) => ({ of, subject: subject.replace(/: .*$/, "").trim() }));
}

/** Whether a document has a subject: as a heading, in front of a list's item, or in backticks. */
function has(document: string, subject: string): boolean {
  if (subject.startsWith("`")) return document.includes(subject.replaceAll("`", ""));
  const headings = [...document.matchAll(/^(?:#+ (.*)|- ([^:\n]*):.*)$/gm)]
    .map(([, heading, item]) => plain(heading ?? item ?? ""));
  return headings.includes(plain(subject));
}

function plain(text: string): string {
  return text.replaceAll("`", "").toLowerCase();
}

async function modules(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${folder}`)) {
    if (isDirectory) found.push(...await modules(`${folder}/${name}`));
    else if (name.endsWith(".ts")) found.push(`${folder}/${name}`);
  }
  return found;
}

Deno.test("what comments cite of Fluid and Curvine is a subject of docs/contract", async () => {
  const texts = new Map<string, string>();
  for (const path of Object.values(DOCUMENTS).flat()) {
    texts.set(path, await Deno.readTextFile(ROOT + path));
  }
  const astray: string[] = [];
  let count = 0;
  for (
    const path of [...await modules("lib"), ...await modules(".ci"), ...await modules("tests")]
  ) {
    if (path.endsWith("citations_test.ts")) continue;
    for (const comment of comments(await Deno.readTextFile(ROOT + path))) {
      for (const { of, subject } of citations(comment)) {
        count++;
        const known = (one: string): boolean =>
          of !== "nobody" &&
          DOCUMENTS[of].some((document) => has(texts.get(document) ?? "", one));
        // "curvine-fuse, Mounting" is a subject in a subject; a name may have commas itself.
        if (known(subject) || subject.split(", ").every(known)) continue;
        astray.push(`${path}: "${of}: ${subject}"`);
      }
    }
  }
  assert.deepEqual(astray, []);
  assert(count > 40, `found only ${count} citations`);
});

Deno.test("a citation of what no document has is found, in every form", () => {
  const text = `
/** One. Curvine: curvine-fuse, Nonsense. */
// Two (Fluid: Nothing); and
// more. Takeover: Never.
/**
 * Three.
 *
 * Source: Fluid, DataLoad; Nowhere; Curvine 0.2.0, curvine-cluster.toml: and why.
 */
`;
  assert.deepEqual(comments(text).flatMap(citations), [
    { of: "Curvine", subject: "curvine-fuse, Nonsense" },
    { of: "Fluid", subject: "Nothing" },
    { of: "Takeover", subject: "Never" },
    { of: "Fluid", subject: "DataLoad" },
    { of: "Fluid", subject: "Nowhere" },
    { of: "Curvine", subject: "curvine-cluster.toml" },
  ]);
  assert(has("## A\n### Ports\n", "ports") && !has("some ports", "ports"));
});
