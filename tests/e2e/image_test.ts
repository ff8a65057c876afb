import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { SLIM_BASE } from "../support/image/base_images.ts";
import { buildImage, IMAGE } from "../support/image/build.ts";
import type { Buildah, ImageConfig } from "../support/image/buildah.ts";
import { Container } from "../support/image/container.ts";
import { run } from "../support/run.ts";
import { MasterDoor } from "../support/master_door.ts";
import { missing } from "../support/requirements.ts";

const ignore = missing(
  "root",
  "fuse",
  "executable",
  "tool:buildah",
  "tool:bindfs",
  "tool:gcc",
  "tool:apt-get",
  "tool:nsenter",
  "tool:unshare",
);
const repository = new URL("../../", import.meta.url).pathname;
const EXECUTABLE = "/usr/local/bin/curvine-fluid";
const APPLETS = ["bash", "sh", "umount", "fusermount", "fusermount3", "sleep", "ls", "df", "uname"];

/** Quick enough for a test, and never so short that a slow machine trips over it. */
const LIMITS = {
  CURVINE_FLUID_RESTART_DELAY: "50ms",
  CURVINE_FLUID_STOP_TIMEOUT: "20s",
};

Deno.test({
  name: "the image holds our executable, Curvine's programs and no other",
  ignore,
  fn: () =>
    withImage(async ({ root, buildah }) => {
      const base = await buildah.mount(SLIM_BASE);
      try {
        const before = new Set(await listing(base.root));
        const added = (await listing(root)).filter((path) => !before.has(path));
        const unexpected = added.filter((path) =>
          !/^\/(app\/curvine|usr\/local\/lib\/curvine|opt|etc\/pki|etc\/libibverbs\.d)\//.test(
            path,
          ) &&
          !/^\/usr\/(share\/doc\/curvine-fluid|lib\/x86_64-linux-gnu\/libibverbs)\//.test(path) &&
          !/^\/(entrypoint|fluid-entrypoint)\.sh$/.test(path) &&
          !["/etc/ld.so.conf", "/etc/ld.so.cache", "/usr/local/bin/cv", EXECUTABLE].includes(
            path,
          ) &&
          !APPLETS.some((name) => path === `/usr/bin/${name}`)
        );
        assert.deepEqual(unexpected, []);
      } finally {
        await buildah.remove(base.container);
      }
      const programs: string[] = [];
      for (const path of await listing(root)) {
        const info = await Deno.lstat(root + path);
        const executable = info.isFile && ((info.mode ?? 0) & 0o111) !== 0;
        if (executable && !/\.so(\.|$)/.test(path) && await isElf(root + path)) programs.push(path);
      }
      assert.deepEqual(programs.toSorted(), [
        "/app/curvine/lib/curvine-cli",
        "/app/curvine/lib/curvine-fuse",
        "/app/curvine/lib/curvine-server",
        EXECUTABLE,
      ]);
    }),
});

Deno.test({
  name: "every applet and old name is a link to the executable, cv is the program itself",
  ignore,
  fn: () =>
    withImage(async ({ root }) => {
      const names = [
        ...APPLETS.map((name) => `/usr/bin/${name}`),
        "/entrypoint.sh",
        "/fluid-entrypoint.sh",
        "/app/curvine/mountUfs.sh",
        "/app/curvine/reportSummary.sh",
        "/app/curvine/generate_config.py",
        "/app/curvine/config-parse.py",
      ];
      for (const name of names) assert.equal(await Deno.readLink(root + name), EXECUTABLE, name);
      assert.equal(await Deno.readLink(`${root}/usr/local/bin/cv`), "/app/curvine/lib/curvine-cli");
      assert.equal(await Deno.readLink(`${root}/opt/curvine`), "/app/curvine");
    }),
});

Deno.test({
  name: "no part of glibc and of GCC's runtime is taken from Curvine's image",
  ignore,
  fn: () =>
    withImage(({ root }) => {
      const libraries = [...Deno.readDirSync(`${root}/usr/local/lib/curvine`)].map(({ name }) =>
        name
      );
      assert.ok(libraries.includes("libssl.so.3"), libraries.join());
      // Needed by nothing but a library that is opened by name.
      assert.ok(libraries.includes("libpcre2-8.so.0"), libraries.join());
      const foreign = libraries.filter((name) =>
        /^(ld-|lib(c|m|dl|pthread|gcc_s|stdc\+\+)\.so)/.test(name)
      );
      assert.deepEqual(foreign, []);
      return Promise.resolve();
    }),
});

Deno.test({
  name: "the SBOM lists every file of Curvine and every library with its true checksum",
  ignore,
  fn: () =>
    withImage(async ({ root }) => {
      const file = `${root}/usr/share/doc/curvine-fluid/sbom.cdx.json`;
      const sbom = JSON.parse(await Deno.readTextFile(file));
      assert.equal(sbom.bomFormat, "CycloneDX");
      const listed = new Set<string>();
      for (const { name, type, hashes, purl } of sbom.components) {
        const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(root + name));
        assert.equal(hashes[0].content, new Uint8Array(digest).toHex(), name);
        listed.add(name);
        if (type === "library" && name.startsWith("/usr/local/lib/curvine/")) {
          assert.match(purl ?? "", /^pkg:deb\/debian\/[^@]+@[^?]+\?arch=amd64/, name);
        }
      }
      const copied = (await listing(root)).filter((path) =>
        /^\/(app\/curvine|usr\/local\/lib\/curvine)\//.test(path) || path === EXECUTABLE
      ).filter((path) => Deno.lstatSync(root + path).isFile);
      assert.deepEqual(copied.filter((path) => !listed.has(path)), []);
    }),
});

Deno.test({
  name: "the image's configuration says user, entrypoint, stop signal, ports and labels",
  ignore,
  fn: () =>
    withImage(({ config }) => {
      assert.deepEqual(config.Entrypoint, [EXECUTABLE]);
      assert.equal(config.User, "0");
      assert.equal(config.StopSignal, "SIGTERM");
      assert.equal(config.WorkingDir, "/app/curvine");
      assert.deepEqual(
        Object.keys(config.ExposedPorts ?? {}).map((port) => parseInt(port)).toSorted(),
        [8995, 8996, 8997, 9000, 9001, 9003, 9010, 9011],
      );
      const labels = config.Labels ?? {};
      for (const name of ["title", "licenses", "source", "version", "base.name"]) {
        assert.ok(labels[`org.opencontainers.image.${name}`], name);
      }
      assert.equal(labels["org.opencontainers.image.base.name"], SLIM_BASE);
      return Promise.resolve();
    }),
});

Deno.test({
  name: "the slim check names every forbidden thing in an image and fails",
  ignore,
  fn: () =>
    withImage(async ({ root }) => {
      const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-slim-" });
      try {
        const image = `${folder}/image`;
        await run(["cp", "-a", root, image]);
        const ours = `${folder}/ours`;
        await Deno.mkdir(`${ours}/app/curvine/bin`, { recursive: true });
        await Deno.writeTextFile(`${ours}/app/curvine/bin/launch.sh`, "#!/bin/bash\n");
        await Deno.copyFile("/bin/true", `${image}/usr/bin/busybox`);
        await Deno.copyFile("/bin/true", `${image}/usr/local/bin/hidden-tool`);
        await Deno.symlink("hidden-tool", `${image}/usr/local/bin/python3`);
        await Deno.remove(`${image}/usr/bin/bash`);
        await Deno.copyFile("/bin/true", `${image}/usr/bin/bash`);
        await Deno.remove(`${image}/app/curvine/mountUfs.sh`);
        await Deno.remove(`${image}/usr/local/lib/curvine/libssl.so.3`);
        // The base has one as well, but not this one.
        await Deno.remove(`${image}/usr/local/lib/curvine/libuuid.so.1`);
        await Deno.writeTextFile(`${image}/etc/nsswitch.conf`, "hosts: files\n");
        const { code, stderr } = await run(
          ["bash", `${repository}.ci/image/slim.sh`, image, `${folder}/proof`, ours],
          { env: { VERSION: "0" }, mayFail: true },
        );
        assert.equal(code, 1, stderr);
        for (
          const finding of [
            "a program that has no business here: /usr/bin/busybox",
            "a program that has no business here: /usr/bin/bash",
            "a program that has no business here: /usr/local/bin/hidden-tool",
            "forbidden: /usr/bin/busybox",
            "forbidden: /usr/bin/bash",
            "forbidden: /usr/local/bin/python3",
            "a script with nobody to run it: /app/curvine/bin/launch.sh",
            "/usr/bin/bash does not lead to",
            "/app/curvine/mountUfs.sh does not lead to",
            "libuuid.so.1",
            "/etc/nsswitch.conf does not look up hosts",
          ]
        ) {
          assert.ok(stderr.includes(finding), `${finding}\nis not in\n${stderr}`);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }),
});

Deno.test({
  name: "thin mode as PID 1 of the image: a real mount, kill -9 and remount, stop",
  ignore,
  fn: () =>
    withThinContainer({ command: [EXECUTABLE, "fluid-thin-runtime"] }, async (thin) => {
      const { container, target, source } = thin;
      assert.equal(await Deno.readTextFile(`${target}/kept.txt`), "kept");
      await Deno.writeTextFile(`${target}/written.txt`, "through the mount");
      assert.equal(await Deno.readTextFile(`${source}/written.txt`), "through the mount");
      // As Curvine does it: by the name, on the PATH.
      await until("uname", () => container.output.includes("uname ended with 0"), container);
      const ready = async (): Promise<boolean> =>
        (await container.exec([EXECUTABLE, "health", "--ready"])).code === 0;
      await until("ready", ready, container);

      const first = daemonIn(container);
      assert.ok(first, container.output);
      Deno.kill(first, "SIGKILL");
      // The kernel gives ids of mounts and devices out again; a process id stays another one.
      await until("another daemon and a mount", () => {
        const now = daemonIn(container);
        return now !== undefined && now !== first && mountOn(target) !== undefined;
      }, container);
      await until("ready again", ready, container);
      assert.equal(await Deno.readTextFile(`${target}/kept.txt`), "kept");

      container.signal("SIGTERM");
      assert.equal(await container.ended(), 0, container.output);
      assert.equal(mountOn(target), undefined);
      assert.deepEqual(
        [...Deno.readDirSync(source)].map(({ name }) => name).toSorted(),
        ["kept.txt", "written.txt"],
      );
    }),
});

Deno.test({
  name: "upstream's profile and Fluid's own preStop work: /entrypoint.sh, then umount",
  ignore,
  fn: () =>
    withThinContainer({ command: ["/entrypoint.sh", "fluid-thin-runtime"] }, async (thin) => {
      const { container, inside, target } = thin;
      const { code, stderr } = await container.exec(["umount", inside]);
      // 137: PID 1 was quicker to end than umount, and took it along.
      assert.ok(code === 0 || code === 137, `${code}: ${stderr}`);
      // PID 1 was told, so this is the end and not a fault to be mended.
      assert.equal(await container.ended(), 0, container.output);
      assert.equal(mountOn(target), undefined);
    }),
});

Deno.test({
  name: "every applet answers inside the image as Fluid needs it",
  ignore,
  fn: () =>
    withThinContainer({ command: [EXECUTABLE] }, async ({ container, inside }) => {
      const exec = async (...argv: string[]): Promise<string> => {
        const { code, stdout, stderr } = await container.exec(argv);
        assert.equal(code, 0, `${argv.join(" ")}: ${stderr}`);
        return stdout;
      };
      assert.equal((await exec("uname", "-r")).trim(), Deno.osRelease());
      assert.match(await exec("ls", "-lR", inside), /kept\.txt/);
      await exec("sleep", "0.01s");
      assert.match(await exec("df", "--block-size=1"), /curvine|fuse|\/source/);
      const fields = (await exec("bash", "-c", `df --block-size=1 |grep ${inside}`)).trim().split(
        /\s+/,
      );
      assert.equal(fields.length, 6, fields.join());
      assert.match(fields[2] ?? "", /^\d+$/);
      assert.equal((await exec("bash", "-c", `ls -lR ${inside} |grep ^- |wc -l `)).trim(), "1");
      await exec("bash", "-c", `time /check-mount.sh ${inside} fuse.curvinefs `);
      await exec("cv", "mount");

      for (const shell of ["sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/bash"]) {
        const { code, stderr } = await container.exec([shell, "-c", "echo no"]);
        assert.equal(code, 127, shell);
        assert.match(stderr, /curvine-fluid/);
      }
      const elsewhere = await container.exec(["umount", "/tmp"]);
      assert.notEqual(elsewhere.code, 0);
      assert.match(elsewhere.stderr, /not mounted/);
      const fusermount = await container.exec(["fusermount3", "-u", "-q", "-z", "--", "/tmp"]);
      assert.notEqual(fusermount.code, 0);
      for (const absent of ["python3", "busybox", "cat", "apt-get", "perl"]) {
        assert.equal((await container.exec([absent])).code, 127, absent);
      }
      // Curvine's own way to unmount when the kernel says busy.
      await exec("fusermount3", "-u", "-q", "-z", "--", inside);
    }),
});

Deno.test({
  name: "a CacheRuntime's client on a read-only root mounts over its volume, and unmount ends it",
  ignore,
  fn: () =>
    withImage(({ root, env }) =>
      withSharedFolder(async (folder, shared) => {
        const source = `${folder}/source`;
        await Deno.mkdir(source);
        await Deno.writeTextFile(`${source}/kept.txt`, "kept");
        // The volume is the mount point itself, as Fluid has it for this runtime.
        const inside = "/runtime-mnt/cache/demo/lake/cache-fuse";
        await using container = await Container.start({
          image: root,
          argv: [EXECUTABLE, "client", "start"],
          env: { ...env, ...LIMITS, ...cacheEnv("client"), STAND_IN_SOURCE: "/source" },
          readOnlyRoot: true,
          emptyDirs: ["/run/curvine-fluid", "/tmp"],
          volumes: [
            {
              host: await configFolder(folder, "runtime.json", cacheConfig()),
              path: "/etc/fluid/config",
            },
            { host: shared, path: inside, shared: true },
            { host: source, path: "/source" },
          ],
          hostname: "lake-client-8w2cz",
        });
        const mounted = (): boolean => (mountOn(shared) ?? "").includes("fuse");
        await until("the mount", mounted, container);
        assert.equal(await Deno.readTextFile(`${shared}/kept.txt`), "kept");
        await container.exec([EXECUTABLE, "unmount"]);
        assert.equal(await container.ended(), 0, container.output);
        assert.equal(mounted(), false);
        assert.deepEqual([...Deno.readDirSync(shared)], []);
      })
    ),
});

Deno.test({
  name: "a master runs as 65532 on a read-only root, and mount-ufs reports the dataset's paths",
  ignore,
  fn: () =>
    withMaster({}, async (container) => {
      // The server itself is PID 1: nothing of ours stays in memory.
      const exe = await Deno.readLink(`/proc/${container.pid}/exe`);
      assert.ok(exe.endsWith("/app/curvine/lib/curvine-server"), exe);
      assert.doesNotMatch(container.output, /no webui/);
      await until(
        "health",
        async () => (await container.exec([EXECUTABLE, "health", "--live"])).code === 0,
        container,
      );
      await assertMounts(container, [EXECUTABLE, "mount-ufs"]);
      const summary = await container.exec([EXECUTABLE, "report-summary"]);
      assert.equal(summary.code, 0, summary.stderr);
      for (const [key, value] of Object.entries(JSON.parse(summary.stdout))) {
        assert.equal(typeof value, "string", key);
      }
      const load = await container.exec([EXECUTABLE, "data-load"], {
        FLUID_DATALOAD_DATA_PATH: "/raw",
        FLUID_DATALOAD_PATH_REPLICAS: "1",
        FLUID_DATALOAD_METADATA: "false",
      });
      assert.equal(load.code, 0, load.stderr);
      container.signal("SIGTERM");
      assert.equal(await container.ended(), 0, container.output);
    }),
});

Deno.test({
  name: "upstream's class and its mountUFS work, also with the home that it sets",
  ignore,
  fn: () =>
    withMaster({ CURVINE_HOME: "/opt/curvine" }, async (container) => {
      await assertMounts(container, ["/app/curvine/mountUfs.sh"]);
      await assertMounts(container, ["bash", "-c", "/app/curvine/mountUfs.sh"]);
      await assertMounts(container, ["/opt/curvine/mountUfs.sh"]);
    }),
});

interface Opened {
  readonly root: string;
  readonly config: ImageConfig;
  readonly env: Readonly<Record<string, string>>;
  readonly buildah: Buildah;
}

let built: Promise<Buildah> | undefined;

/** Hands over the image, built once for all tests of this file. */
async function withImage(use: (opened: Opened) => Promise<void>): Promise<void> {
  built ??= buildImage((line) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`)));
  const buildah = await built;
  const config = await buildah.config(IMAGE);
  const env = Object.fromEntries((config.Env ?? []).map((pair) => pair.split(/=(.*)/s, 2)));
  const { container, root } = await buildah.mount(IMAGE);
  try {
    await use({ root, config, env, buildah });
  } finally {
    await buildah.remove(container);
  }
}

/** A master as manifests/cache-runtime runs it, up. */
async function withMaster(
  more: Readonly<Record<string, string>>,
  use: (container: Container) => Promise<void>,
): Promise<void> {
  await withImage(async ({ root, env }) => {
    const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-master-" });
    // The container's user is nobody here.
    await Deno.chmod(folder, 0o755);
    try {
      await using container = await Container.start({
        image: root,
        argv: ["/entrypoint.sh", "master", "start"],
        env: { ...env, ...cacheEnv("master"), ...more },
        user: 65532,
        readOnlyRoot: true,
        emptyDirs: ["/run/curvine-fluid", "/tmp", "/app/curvine/data"],
        volumes: [{
          host: await configFolder(folder, "runtime.json", cacheConfig()),
          path: "/etc/fluid/config",
        }],
        hostname: "lake-master-0",
      });
      await until("the server", () => container.output.includes("start success, pid 1"), container);
      await use(container);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

async function assertMounts(container: Container, argv: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await container.exec(argv);
  assert.equal(code, 0, stderr + container.output);
  assert.deepEqual(JSON.parse(stdout).mounted.toSorted(), ["/raw", "/shared"], argv.join(" "));
}

/** A folder of this machine whose mounts are shared with containers, in a folder of the test. */
async function withSharedFolder(
  use: (folder: string, shared: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-image-" });
  const shared = `${folder}/shared`;
  await Deno.mkdir(shared);
  await run(["mount", "--bind", shared, shared]);
  try {
    await run(["mount", "--make-shared", shared]);
    await use(folder, shared);
  } finally {
    await run(["umount", "-R", "-l", shared], { mayFail: true });
    await Deno.remove(folder, { recursive: true });
  }
}

interface Thin {
  readonly container: Container;
  /** The target as the container sees it, and as this machine does. */
  readonly inside: string;
  readonly target: string;
  /** What the mount shows. */
  readonly source: string;
}

/** A FUSE pod of a ThinRuntime, mounted. */
async function withThinContainer(
  { command }: { readonly command: readonly string[] },
  use: (thin: Thin) => Promise<void>,
): Promise<void> {
  await withImage(({ root, env }) =>
    withSharedFolder(async (folder, shared) => {
      const source = `${folder}/source`;
      // A dead mount stays until a master answers.
      using master = new MasterDoor();
      const inside = "/runtime-mnt/thin/demo/lake/thin-fuse";
      const target = `${shared}/thin/demo/lake/thin-fuse`;
      await Deno.mkdir(`${shared}/thin/demo/lake`, { recursive: true });
      await Deno.mkdir(source);
      await Deno.writeTextFile(`${source}/kept.txt`, "kept");
      await using container = await Container.start({
        image: root,
        argv: command,
        env: { ...env, ...LIMITS, FLUID_RUNTIME_TYPE: "thin", STAND_IN_SOURCE: "/source" },
        volumes: [
          {
            host: await configFolder(folder, "config.json", thinConfig(inside, master.port)),
            path: "/etc/fluid/config",
          },
          { host: shared, path: "/runtime-mnt", shared: true },
          { host: source, path: "/source" },
        ],
        hostname: "lake-fuse-8w2cz",
      });
      await until("the mount", () => mountOn(target) !== undefined, container);
      await use({ container, inside, target, source });
    })
  );
}

function thinConfig(targetPath: string, port: number): unknown {
  return {
    mounts: [{
      mountPoint: "curvine:///data",
      options: { "master-endpoints": `127.0.0.1:${port}` },
      name: "data",
    }],
    targetPath,
    accessModes: ["ReadWriteMany"],
  };
}

function cacheConfig(): unknown {
  const part = (name: string): unknown => ({
    enabled: true,
    name: `lake-${name}`,
    replicas: 1,
    service: { name: `svc-lake-${name}` },
  });
  return {
    mounts: [
      {
        mountPoint: "s3://lake/raw",
        options: { region_name: "us-east-1" },
        name: "raw",
        path: "/raw",
      },
      { mountPoint: "curvine:///shared", name: "shared", path: "/shared" },
    ],
    accessModes: ["ReadWriteMany"],
    targetPath: "/runtime-mnt/cache/demo/lake/cache-fuse",
    master: part("master"),
    worker: part("worker"),
    client: { enabled: true, name: "lake-client", service: { name: "" } },
  };
}

function cacheEnv(component: string): Record<string, string> {
  return {
    FLUID_DATASET_NAME: "lake",
    FLUID_DATASET_NAMESPACE: "demo",
    FLUID_RUNTIME_CONFIG_PATH: "/etc/fluid/config/runtime.json",
    FLUID_RUNTIME_MOUNT_PATH: "/runtime-mnt/cache/demo/lake/cache-fuse",
    FLUID_RUNTIME_COMPONENT_TYPE: component,
    FLUID_RUNTIME_COMPONENT_SVC_NAME: `svc-lake-${component}`,
    CURVINE_CONF_FILE: "/run/curvine-fluid/curvine-cluster.toml",
    HOSTNAME: `lake-${component}-0`,
  };
}

/** A folder as kubelet mounts a ConfigMap: the file is a link through `..data`. */
async function configFolder(parent: string, name: string, config: unknown): Promise<string> {
  const folder = `${parent}/config`;
  await Deno.mkdir(`${folder}/..1`, { recursive: true });
  await Deno.writeTextFile(`${folder}/..1/${name}`, JSON.stringify(config));
  await Deno.symlink("..1", `${folder}/..data`);
  await Deno.symlink(`..data/${name}`, `${folder}/${name}`);
  return folder;
}

/** The uppermost mount at a path of this machine: its id, device and type. */
function mountOn(path: string): string | undefined {
  const lines = Deno.readTextFileSync("/proc/self/mountinfo").split("\n");
  const line = lines.findLast((one) => one.split(" ")[4] === path);
  return line?.replace(/ - (\S+) .*$/, " $1");
}

/** The FUSE daemon of a container, as this machine counts. */
function daemonIn(container: Container): number | undefined {
  const namespace = Deno.readLinkSync(`/proc/${container.pid}/ns/pid`);
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Deno.readLinkSync(`/proc/${name}/ns/pid`) !== namespace) continue;
      const [program] = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      if (program === "bindfs") return Number(name);
    } catch {
      // Gone meanwhile.
    }
  }
  return undefined;
}

async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  container: Container,
): Promise<void> {
  await eventually(what, holds, 60_000).catch((error) => {
    throw new Error(`${error.message}:\n${container.output}`);
  });
}

/** All paths below a root but folders, as the container sees them. */
async function listing(root: string): Promise<string[]> {
  const { stdout } = await run(["find", root, "-xdev", "-not", "-type", "d", "-printf", "/%P\\n"]);
  return stdout.split("\n").filter((path) => path !== "");
}

async function isElf(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const head = new Uint8Array(4);
  await file.read(head);
  return head[0] === 0x7f && head[1] === 0x45;
}
