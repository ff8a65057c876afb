/**
 * Builds the image from `dist/curvine-fluid` and local stand-ins of its base images, proves it (the
 * build fails when the `slim` stage finds anything), and prints what it weighs.
 */
import { CURVINE_IMAGE, SLIM_BASE } from "../tests/support/image/base_images.ts";
import { buildImage, IMAGE, slimSuite } from "../tests/support/image/build.ts";
import { runBytes } from "../tests/support/image/process.ts";
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

  const suite = slimSuite();
  const shell = await suite.installedSize(SHELL_BASE);
  const both = await suite.installedSize([...SHELL_BASE, ...ENTRYPOINT_NEEDS]);
  say("The same for bash and Python, by the sizes Debian's packages say they take:");
  row("base with a shell", shell.bytes, `${shell.packages.length} packages`);
  row(
    "Python and what the scripts call",
    both.bytes - shell.bytes,
    `${both.packages.length - shell.packages.length} packages`,
  );
  row("total without Curvine's part", both.bytes, `ours: ${megabytes(rest + executable)}`);

  limit("the executable, compressed", gzipped.length, LIMITS.executableCompressed);
  limit("all but Curvine's programs and the executable", rest, LIMITS.rest);
} finally {
  await buildah.remove(slim.container);
  await buildah.remove(final.container);
}
if (failed) Deno.exit(1);

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
