import {
  CURVINE_IMAGE,
  makeCurvineImage,
  makeSlimBase,
  SLIM_BASE,
  SLIM_SUITE,
} from "./base_images.ts";
import { Buildah } from "./buildah.ts";
import { DebianSuite } from "./debian.ts";

const root = new URL("../../..", import.meta.url).pathname;

/** The name of the image that {@link buildImage} makes. */
export const IMAGE = "localhost/curvine-fluid:ci";

/** What the build reads; a change of any of it makes the image stale. */
const INPUTS = [
  "Dockerfile",
  ".dockerignore",
  ".ci/image",
  "LICENSE",
  "dist/curvine-fluid",
  "tests/support/image",
];

/** Where apt's lists, packages and the images are kept between runs, apart for each checkout. */
function cacheFolder(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? "/root"}/.cache`;
  const checkout = root.replaceAll("/", "-").replace(/^-|-$/g, "");
  return `${home}/curvine-fluid/image/${checkout}`;
}

/** The stand-in for the slim base's suite, for measuring what others need on it. */
export function slimSuite(): DebianSuite {
  return new DebianSuite(SLIM_SUITE, cacheFolder());
}

/**
 * Builds the Dockerfile with the stand-ins under their real names, unless the image is there and
 * nothing has changed since.
 * @param say told what happens, as the build takes a minute
 */
export async function buildImage(say: (line: string) => void): Promise<Buildah> {
  const cache = cacheFolder();
  const buildah = new Buildah(`${cache}/storage`);
  const print = await fingerprint();
  const kept = `${cache}/built`;
  if (await Deno.readTextFile(kept).catch(() => "") === print) return buildah;

  await Deno.mkdir(cache, { recursive: true });
  // Whatever an earlier run left, its containers included.
  await buildah.call(["rm", "--all"], { mayFail: true });
  await buildah.call(["rmi", "--all", "--force"], { mayFail: true });
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-image-" });
  try {
    say(`Making ${SLIM_BASE} out of packages of ${SLIM_SUITE}`);
    await makeSlimBase(buildah, slimSuite(), folder);
    const own = /^VERSION_CODENAME=(.*)$/m.exec(await Deno.readTextFile("/etc/os-release"))?.[1];
    if (own === undefined) throw new Error("Cannot tell the Debian suite of this machine");
    say(`Making ${CURVINE_IMAGE} out of packages of ${own}, with stand-ins for its programs`);
    const source = `${root}tests/support/image/curvine_stand_in.c`;
    await makeCurvineImage(buildah, new DebianSuite(own, cache), folder, source);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  say("Building the Dockerfile");
  const printed = await buildah.build(root, IMAGE, { EXECUTABLE: "executable-prebuilt" });
  for (const line of printed.split("\n")) if (/^(collect|slim):/.test(line)) say(line);
  await Deno.writeTextFile(kept, print);
  return buildah;
}

async function fingerprint(): Promise<string> {
  const files: string[] = [];
  const walk = async (path: string): Promise<void> => {
    if ((await Deno.stat(`${root}${path}`)).isFile) {
      files.push(path);
      return;
    }
    for await (const entry of Deno.readDir(`${root}${path}`)) await walk(`${path}/${entry.name}`);
  };
  for (const input of INPUTS) await walk(input);
  let text = "";
  for (const file of files.sort()) {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${root}${file}`));
    text += `${new Uint8Array(digest).toHex()}  ${file}\n`;
  }
  return text;
}
