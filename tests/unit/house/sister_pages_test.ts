/** The Chinese documents say what the English ones say. */
import assert from "node:assert/strict";
import { exists } from "../../support/exists.ts";
import { differences, type Page, type Pages, sisterPath } from "../../support/sister_pages.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;

/** Every page that has to have a Chinese sister; folders of `docs` have none. */
function englishPaths(): string[] {
  const docs = [...Deno.readDirSync(`${ROOT}/docs`)].map(({ name }) => `docs/${name}`);
  return ["README.md", ...docs].filter((path) => path.endsWith(".md"));
}

/** A page; without text where there is none. */
function page(path: string): Page {
  const file = `${ROOT}/${path}`;
  return { path, text: exists(file) ? Deno.readTextFileSync(file) : "" };
}

function pages(): Pages {
  return new Map(
    englishPaths().map((path) =>
      [path, { english: page(path), chinese: page(sisterPath(path)) }] as const
    ),
  );
}

Deno.test("every English page has a Chinese one with the same blocks, code, numbers and links", () => {
  const all = pages();
  assert(all.size > 7);
  const found = [...all.values()].flatMap(({ english, chinese }) =>
    chinese.text === "" ? [`${chinese.path} is missing`] : differences(english, chinese, all)
  );
  assert.deepEqual(found, []);
});

Deno.test("every Chinese page has an English one", () => {
  for (const { name } of Deno.readDirSync(`${ROOT}/docs/zh`)) {
    assert(exists(`${ROOT}/docs/${name}`), `docs/zh/${name} has no sister`);
  }
});

const ENGLISH = `# Title

[中文](zh/a.md)

## Going away

Wait for 20 s, then \`stop\`; see [above](#title).

- one thing

| a   | b   |
| --- | --- |
| \`x\` | 3 s |

\`\`\`sh
run it   # now
\`\`\`
`;

const CHINESE = ENGLISH.replace("# Title", "# 标题").replace(
  "[中文](zh/a.md)",
  "[English](../a.md)",
)
  .replace("Going away", "离开").replace("Wait for 20 s, then", "等待 20 秒，然后")
  .replace("[above](#title)", "[上文](#标题)").replace("one thing", "一件事").replace(
    "now",
    "现在",
  );

/** The differences of a page from its translation, one of them changed. */
function seen(chinese: string, english = ENGLISH): string[] {
  const pair = {
    english: { path: "docs/a.md", text: english },
    chinese: { path: "docs/zh/a.md", text: chinese },
  };
  return differences(pair.english, pair.chinese, new Map([["docs/a.md", pair]]));
}

Deno.test("a translation is no difference", () => {
  assert.deepEqual(seen(CHINESE), []);
});

Deno.test("what is on one page only is named, whichever it is", () => {
  const more = {
    "a heading": "\n### More\n",
    "a paragraph": "\nMore.\n",
    "an item": "\n- more\n",
    "a table": "\n| a   |\n| --- |\n",
    "code in sh": "\n```sh\nmore\n```\n",
  };
  for (const [kind, text] of Object.entries(more)) {
    assert.match(seen(CHINESE, ENGLISH + text).join("\n"), new RegExp(`${kind}.*but nothing`));
    assert.match(seen(CHINESE + text).join("\n"), new RegExp(`nothing, but ${kind}`));
  }
});

Deno.test("a change of one page's content is named", () => {
  const changes: readonly (readonly [string, string, RegExp])[] = [
    ["## 离开", "### 离开", /heading of level 2, but a heading of level 3/],
    ["20 秒", "30 秒", /only the English one has 20[\s\S]*only the Chinese one has 30/],
    ["`stop`", "`halt`", /only the English one has stop/],
    ["(#标题)", "(#离开)", /links: only the English one has docs\/zh\/a.md#标题/],
    ["| `x` | 3 s |\n", "| `x` | 3 s |\n| y | 4 s |\n", /a table of 2 rows.*3 rows/],
    ["| `x` | 3 s |", "| `y` | 3 s |", /row 1, column 1: code/],
    ["run it", "run that", /the code differs/],
    ["一件事", "one thing", /no Chinese/],
    ["[English](../a.md)", "[English](../b.md)", /is not/],
  ];
  for (const [from, to, wanted] of changes) {
    assert(CHINESE.includes(from), from);
    assert.match(seen(CHINESE.replace(from, to)).join("\n"), wanted, `${from} → ${to}`);
  }
});
