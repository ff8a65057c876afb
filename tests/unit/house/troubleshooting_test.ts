import assert from "node:assert/strict";

const ROOT = new URL("../../..", import.meta.url).pathname;

/** A finding that the page quotes, as `fail mount: nothing is mounted at …`; `…` is anything. */
const QUOTED = /`((?:ok|warn|fail) [a-z-]+: [^`]+)`/g;

/** All findings of doctor's gallery, each on one line. */
function gallery(): string {
  const folder = `${ROOT}/tests/snapshots/doctor`;
  return [...Deno.readDirSync(folder)]
    .map(({ name }) => Deno.readTextFileSync(`${folder}/${name}`))
    .join("\n").replaceAll(/\n {6,}(?!→)/g, " ").replaceAll(/^(ok|warn|fail) +/gm, "$1 ");
}

Deno.test("what the troubleshooting page has doctor say, doctor says in its gallery", async () => {
  const page = (await Deno.readTextFile(`${ROOT}/docs/troubleshooting.md`))
    .replaceAll(/\s*\n\s*/g, " ");
  const said = gallery();
  const quoted = [...page.matchAll(QUOTED)].map(([, text = ""]) => text);
  assert(quoted.length > 20, `only ${quoted.length} findings are quoted`);
  const never = quoted.filter((text) => {
    const pattern = text.split("…").map((part) => RegExp.escape(part)).join(".*");
    return !new RegExp(`^${pattern}`, "m").test(said);
  });
  assert.deepEqual(never, []);
});
