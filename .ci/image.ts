/**
 * Builds the image from `dist/curvine-fluid` and local stand-ins of its base images, proves it (the
 * build fails when the `slim` stage finds anything), and prints what it weighs.
 */
import { CURVINE_IMAGE, SLIM_BASE } from "../tests/support/image/base_images.ts";
import { buildImage, IMAGE, slimSuite } from "../tests/support/image/build.ts";
import { unpack } from "../tests/support/image/debian.ts";
import { runBytes } from "../tests/support/run.ts";
import { contentSize } from "../tests/support/image/content_size.ts";

/** The limits of the image, in bytes. */
const LIMITS = { executableCompressed: 40e6, rest: 40e6 };

/** What Debian calls essential: what every shell image stands on. */
const SHELL_BASE = [
  ...["base-files", "base-passwd", "bash", "bsdutils", "coreutils", "dash", "debianutils"],
  ...["diffutils", "dpkg", "findutils", "grep", "gzip", "hostname", "init-system-helpers"],
  ...["libc-bin", "login", "mawk", "ncurses-base", "ncurses-bin", "perl-base", "sed"],
  ...["sysvinit-utils", "tar", "util-linux", "apt", "ca-certificates", "tzdata"],
];
/** What the bash and Python entrypoint calls or imports. */
const ENTRYPOINT_NEEDS = ["python3", "python3-yaml", "python3-toml", "fuse3", "procps"];
/** What upstream's Dockerfile for Fluid (curvine-docker/fluid) installs beside it. */
const UPSTREAM_ADDS = ["python3-pip", "jq", "fio"];

/** Folders of /usr/share that Debian's own slim images leave out. */
const DROPPED = ["doc", "man", "info", "locale", "lintian", "bug", "groff", "linda"];

const buildah = await buildImage(say);
const slim = await buildah.mount(SLIM_BASE);
const final = await buildah.mount(IMAGE);
let failed = false;
try {
  const base = await contentSize(slim.root);
  const total = await contentSize(final.root);
  const executable = (await Deno.stat(`${final.root}/usr/local/bin/curvine-fluid`)).size;
  const curvine = await contentSize(`${final.root}/app/curvine`);
  const libraries = await contentSize(`${final.root}/usr/local/lib/curvine`) +
    await contentSize(`${final.root}/opt/jindosdk`);
  const programs = await contentSize(`${final.root}/app/curvine/lib`);
  const { stdout: gzipped } = await runBytes([
    "gzip",
    "-6n",
    "--stdout",
    `${final.root}/usr/local/bin/curvine-fluid`,
  ]);
  const rest = total - executable - programs;
  say("");
  say(`Image ${IMAGE} from ${SLIM_BASE} and ${CURVINE_IMAGE} (stand-ins)`);
  row("base", base);
  row("executable", executable, `${megabytes(gzipped.length)} compressed`);
  row("Curvine's part", curvine + libraries, "stand-ins: the real programs are larger");
  row("  of it programs", programs);
  row("  of it libraries", libraries);
  row("total", total);
  row("all but Curvine's programs and the executable", rest);

  const shell = await unpacked(SHELL_BASE);
  const least = await unpacked([...SHELL_BASE, ...ENTRYPOINT_NEEDS]);
  const upstream = await unpacked([...SHELL_BASE, ...ENTRYPOINT_NEEDS, ...UPSTREAM_ADDS]);
  const own = await compressed(final.root, ["./app/curvine/lib", "./usr/local/lib", "./opt"]);
  say("");
  say("Without Curvine's programs and their libraries, next to bash and Python on Debian 13 (its");
  say("packages unpacked, without the documents and translations that slim images drop):");
  say(`  ${"".padEnd(46)}${"unpacked".padStart(10)}${"pulled".padStart(10)}  programs`);
  weigh("a base with a shell", shell);
  weigh("and what the scripts call: the least", least);
  weigh("and what upstream's Dockerfile installs", upstream);
  weigh("ours", { bytes: rest + executable - libraries, compressed: own, programs: 1 });

  limit("the executable, compressed", gzipped.length, LIMITS.executableCompressed);
  limit("all but Curvine's programs and the executable", rest, LIMITS.rest);
} finally {
  await buildah.remove(slim.container);
  await buildah.remove(final.container);
}
if (failed) Deno.exit(1);

interface Weight {
  readonly bytes: number;
  /** As a registry hands it over. */
  readonly compressed: number;
  /** Files that can be executed. */
  readonly programs: number;
}

async function unpacked(names: readonly string[]): Promise<Weight> {
  const suite = slimSuite();
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-shell-" });
  try {
    await unpack(await suite.download(await suite.closure(names)), folder, "dpkg");
    for (const name of DROPPED) {
      await Deno.remove(`${folder}/usr/share/${name}`, { recursive: true }).catch(() => {});
    }
    const { stdout } = await runBytes(
      ["find", folder, "-type", "f", "-perm", "/111", "-not", "-name", "*.so*", "-printf", "."],
    );
    return {
      bytes: await contentSize(folder),
      compressed: await compressed(folder, []),
      programs: stdout.length,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The bytes of a folder as one compressed layer. */
async function compressed(folder: string, without: readonly string[]): Promise<number> {
  const exclude = without.map((path) => `--exclude=${path}`);
  const { stdout } = await runBytes(["tar", "-cz", ...exclude, "-C", folder, "."]);
  return stdout.length;
}

function weigh(name: string, { bytes, compressed, programs }: Weight): void {
  const sizes = `${megabytes(bytes).padStart(10)}${megabytes(compressed).padStart(10)}`;
  say(`  ${name.padEnd(46)}${sizes}  ${programs}`);
}

function limit(what: string, bytes: number, most: number): void {
  if (bytes <= most) return;
  say(`Too large: ${what} is ${megabytes(bytes)}, wanted at most ${megabytes(most)}`);
  failed = true;
}

function row(name: string, bytes: number, note = ""): void {
  say(`  ${name.padEnd(46)}${megabytes(bytes).padStart(10)}  ${note}`.trimEnd());
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
