import assert from "node:assert/strict";
import { keyDoc } from "../../../lib/plan/curvine/key_docs.ts";
import {
  CURVINE_KEYS,
  INNER_SECTIONS,
  type Key,
  lookUpKey,
  type SectionName,
} from "../../../lib/plan/curvine/key_table.ts";
import { parseKeyValue } from "../../../lib/plan/curvine/key_value.ts";
import {
  optionDocument,
  optionMarkdown,
  optionText,
} from "../../../lib/tools/explain/option_document.ts";
import { DATASET_OPTIONS, THIN_OPTIONS } from "../../../lib/tools/explain/dataset_options.ts";
import { optionRows } from "../../../lib/tools/explain/option_rows.ts";
import { settingRows } from "../../../lib/tools/explain/setting_rows.ts";
import { optionTarget } from "../../../lib/plan/generate/option_target.ts";
import { mountOption, mountOptionValue } from "../../../lib/plan/curvine/mount_option.ts";

Deno.test("every key has a meaning and an example that its own type takes", () => {
  for (const [section, keys] of Object.entries(CURVINE_KEYS)) {
    for (const [key, [type]] of Object.entries<Key>(keys)) {
      const { summary, example } = keyDoc(section as SectionName, key);
      assert.match(summary, /^\S.{5,}[^.]$/, `${section}.${key}`);
      const parsed = parseKeyValue(type, example);
      assert(parsed.ok, `${section}.${key}: ${example} is no ${type}`);
    }
  }
});

Deno.test("an option that is listed sets the key that it is listed for", () => {
  for (const row of optionRows()) {
    if (!INNER_SECTIONS.includes(row.section)) {
      const target = optionTarget("worker", row.option);
      assert.deepEqual(target, { section: row.section, path: [row.key] }, row.option);
    }
    for (const scope of row.bareIn) {
      const inner = INNER_SECTIONS.includes(row.section);
      const short = inner ? row.option : row.key;
      const target = optionTarget(scope, short);
      assert(target && lookUpKey(target.section, target.path) !== undefined, `${scope} ${short}`);
      if (!inner) assert.equal(target.section, row.section, `${scope} ${short}`);
    }
  }
});

Deno.test("no line of the list for a terminal is wider than 80 columns", () => {
  const long = optionText(optionDocument(settingRows())).split("\n").filter((line) =>
    line.length > 80
  );
  assert.deepEqual(long, []);
});

Deno.test("words choose the options that have all of them in name or meaning", () => {
  const { curvine, settings } = optionDocument(settingRows(), ["FUSE", "umask"]);
  assert.deepEqual(curvine.map(({ option }) => option), ["fuse.umask"]);
  assert.deepEqual(settings, []);
  assert.equal(optionText(optionDocument(settingRows(), ["no such thing"])), "");
});

Deno.test("the Markdown has every option", () => {
  const text = optionMarkdown(optionDocument(settingRows()));
  for (const { option } of optionRows()) assert(text.includes(`\`${option}\``), option);
});

Deno.test("a Dataset's option becomes what the list says, and takes its own example", () => {
  for (const { name, becomes, example } of DATASET_OPTIONS) {
    const option = mountOption(name, "s3");
    assert(option !== undefined, name);
    const { kind, target } = option;
    assert.equal(kind === "property" ? target : `cv mount --${target}`, becomes, name);
    assert(mountOptionValue(option, example).ok, `${name}=${example}`);
  }
});

Deno.test("a ThinRuntime's own option becomes what the list says", () => {
  for (const { name, becomes } of THIN_OPTIONS.filter((one) => one.name !== "master-endpoints")) {
    const target = optionTarget("thin", name);
    assert.equal([target?.section, ...target?.path ?? []].filter(Boolean).join("."), becomes);
  }
});
