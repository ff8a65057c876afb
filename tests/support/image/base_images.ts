import type { Buildah } from "./buildah.ts";
import { type DebianSuite, unpack } from "./debian.ts";
import { run } from "../run.ts";

/** The real names, so that the Dockerfile is the one that is published. */
export const SLIM_BASE = "gcr.io/distroless/cc-debian13:latest";
export const CURVINE_IMAGE = "ghcr.io/curvineio/curvine:latest";

/** The suite of the slim base. */
export const SLIM_SUITE = "trixie";

/** What distroless says `cc-debian13` is made of (its base and cc configuration). */
const SLIM_PACKAGES = [
  "base-files",
  "netbase",
  "tzdata",
  "media-types",
  "libc6",
  "libssl3t64",
  "libzstd1",
  "zlib1g",
  "gcc-14-base",
  "libgcc-s1",
  "libgomp1",
  "libstdc++6",
];

/** A userland with bash, ldd and dpkg's books, and libraries that Curvine's programs may need. */
const CURVINE_PACKAGES = [
  "base-files",
  "bash",
  "dash",
  "coreutils",
  "debianutils",
  "dpkg",
  "findutils",
  "grep",
  "sed",
  "mawk",
  "libc-bin",
  "libc6",
  "libacl1",
  "libattr1",
  "libgmp10",
  "libmd0",
  "libpcre2-8-0",
  "libselinux1",
  "libtinfo6",
  "libzstd1",
  "gcc-12-base",
  "libgcc-s1",
  "libstdc++6",
  "libssl3",
  "zlib1g",
  "libuuid1",
  "libnuma1",
  "libibverbs1",
  "ibverbs-providers",
  "libnl-3-200",
  "libnl-route-3-200",
];

/** Makes the stand-in for the distroless base out of the packages that the real one is made of. */
export async function makeSlimBase(
  buildah: Buildah,
  suite: DebianSuite,
  folder: string,
): Promise<void> {
  const root = `${folder}/slim-base`;
  await Deno.mkdir(`${root}/etc/ssl/certs`, { recursive: true });
  await unpack(await suite.download(SLIM_PACKAGES), root, "status.d");

  const certificates = `${folder}/ca-certificates`;
  await Deno.mkdir(certificates, { recursive: true });
  await unpack(await suite.download(["ca-certificates"]), certificates, "dpkg");
  const mozilla = `${certificates}/usr/share/ca-certificates/mozilla`;
  const names = [...Deno.readDirSync(mozilla)].map((entry) => entry.name).sort();
  const texts = names.map((name) => Deno.readTextFileSync(`${mozilla}/${name}`));
  await Deno.writeTextFile(`${root}/etc/ssl/certs/ca-certificates.crt`, texts.join(""));

  const write = (path: string, lines: string[]): Promise<void> =>
    Deno.writeTextFile(`${root}${path}`, lines.map((line) => `${line}\n`).join(""));
  await write("/etc/passwd", [
    "root:x:0:0:root:/root:/sbin/nologin",
    "nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin",
    "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin",
  ]);
  await write("/etc/group", [
    "root:x:0:",
    "tty:x:5:",
    "staff:x:50:",
    "nobody:x:65534:",
    "nonroot:x:65532:",
  ]);
  await write("/etc/nsswitch.conf", ["hosts: files dns"]);
  await Deno.mkdir(`${root}/home/nonroot`, { recursive: true });
  await Deno.mkdir(`${root}/tmp`, { recursive: true });
  await Deno.chmod(`${root}/tmp`, 0o1777);
  await buildah.commit(root, SLIM_BASE, [
    "--env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "--env=SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
    "--user=0",
  ]);
}

/**
 * Makes the stand-in for Curvine's image: an older Debian than the base (as Rocky 9's glibc is older
 * than the base's), with stand-in programs that are linked against libraries of it.
 * @param source the C source of the programs
 */
export async function makeCurvineImage(
  buildah: Buildah,
  suite: DebianSuite,
  folder: string,
  source: string,
): Promise<void> {
  const root = `${folder}/curvine`;
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    await Deno.mkdir(`${root}/usr/${name}`, { recursive: true });
    await Deno.symlink(`usr/${name}`, `${root}/${name}`);
  }
  const fuse = await libraryOf("/usr/bin/bindfs", "libfuse");
  await unpack(await suite.download([...CURVINE_PACKAGES, fuse.package]), root, "dpkg");
  await Deno.mkdir(`${root}/tmp`, { recursive: true });
  await Deno.chmod(`${root}/tmp`, 0o1777);
  await Deno.symlink("dash", `${root}/usr/bin/sh`).catch(() => {});
  await Deno.symlink("mawk", `${root}/usr/bin/awk`).catch(() => {});

  const home = `${root}/app/curvine`;
  for (const name of ["bin", "lib", "conf", "webui"]) {
    await Deno.mkdir(`${home}/${name}`, { recursive: true });
  }
  await compilePrograms(root, home, folder, source, fuse.path);
  await Deno.writeTextFile(
    `${home}/bin/cv`,
    '#!/bin/bash\nexec /app/curvine/lib/curvine-cli "$@"\n',
  );
  await Deno.writeTextFile(`${home}/bin/launch-process.sh`, "#!/bin/bash\n");
  await Deno.writeTextFile(`${home}/conf/curvine-env.sh`, "export CURVINE_HOME\n");
  await Deno.writeTextFile(
    `${home}/conf/curvine-cluster.toml`,
    'cluster_id = "curvine"\n\n[master]\nmeta_dir = "testing/meta"\n',
  );
  await Deno.writeTextFile(`${home}/webui/index.html`, "<!doctype html><title>Curvine</title>\n");
  for (const name of ["bin/cv", "bin/launch-process.sh"]) {
    await Deno.chmod(`${home}/${name}`, 0o755);
  }
  await buildah.commit(root, CURVINE_IMAGE, [
    "--env=CURVINE_HOME=/app/curvine",
    "--env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/app/curvine/bin",
    '--entrypoint=["/entrypoint.sh"]',
  ]);
}

async function compilePrograms(
  root: string,
  home: string,
  folder: string,
  source: string,
  fuse: string,
): Promise<void> {
  // The symbols of an embedded file carry its name as it is given to ld.
  await Deno.copyFile("/usr/bin/bindfs", `${folder}/bindfs`);
  await run(["ld", "-r", "-b", "binary", "-o", "bindfs.o", "bindfs"], { cwd: folder });
  const flags = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-Wl,-z,noexecstack"];
  // Needed without being used, as far as the source goes: what counts is that they are collected.
  const needed = (...names: string[]): string[] => [
    "-Wl,--no-as-needed",
    ...names.map((name) => `${root}/usr/lib/x86_64-linux-gnu/${name}`),
    `-Wl,-rpath-link,${root}/usr/lib/x86_64-linux-gnu`,
  ];
  await run([
    ...flags,
    "-DWITH_BINDFS",
    `-o${home}/lib/curvine-fuse`,
    source,
    `${folder}/bindfs.o`,
    ...needed(fuse.slice(fuse.lastIndexOf("/") + 1)),
  ]);
  await run([
    ...flags,
    `-o${home}/lib/curvine-server`,
    source,
    ...needed(
      "libssl.so.3",
      "libcrypto.so.3",
      "libz.so.1",
      "libuuid.so.1",
      "libnuma.so.1",
      "libibverbs.so.1",
      "libstdc++.so.6",
    ),
  ]);
  await run([...flags, `-o${home}/lib/curvine-cli`, source, ...needed("libssl.so.3")]);

  // Jindo's libraries are opened by name; one of them needs a library that nothing else does.
  const jindo = `${root}/opt/jindosdk/lib/native`;
  await Deno.mkdir(jindo, { recursive: true });
  await Deno.writeTextFile(`${folder}/jindo.c`, "int jindo(void) { return 6; }\n");
  await run([
    ...flags,
    "-shared",
    "-fPIC",
    "-Wl,-soname,libjindosdk_c.so.6",
    `-o${jindo}/libjindosdk_c.so.6.0`,
    `${folder}/jindo.c`,
    ...needed("libpcre2-8.so.0"),
  ]);
  await Deno.symlink("libjindosdk_c.so.6.0", `${jindo}/libjindosdk_c.so.6`);
}

/** The library of a program of this machine whose name starts so, and the package it is from. */
async function libraryOf(
  program: string,
  prefix: string,
): Promise<{ path: string; package: string }> {
  const { stdout } = await run(["ldd", program]);
  const found = new RegExp(`^\\s*${prefix}\\S* => (\\S+)`, "m").exec(stdout)?.[1];
  if (found === undefined) {
    throw new Error(`Cannot find ${prefix} among the libraries of ${program}`);
  }
  const path = await Deno.realPath(found);
  const owner = (await run(["dpkg-query", "-S", path], { mayFail: true })).stdout ||
    (await run(["dpkg-query", "-S", path.replace(/^\/usr/, "")])).stdout;
  return { path: found, package: owner.slice(0, owner.search(/[:\s]/)) };
}
