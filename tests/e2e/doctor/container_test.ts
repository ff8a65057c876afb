/** What a client's container lacks before anything is started in it, and what doctor says. */
import { type Exhibit, exhibit } from "./gallery.ts";
import { environment, files, hosts, runtime } from "./lake.ts";

const TARGET = "/runtime-mnt/cache/ai/lake/cache-fuse";
const CONFIG = "/etc/fluid/config/runtime.json";

/** Curvine's programs are where the image has them; doctor does not run them. */
const PROGRAMS = `mkdir -p $R/app/curvine/lib
for name in curvine-fuse curvine-server; do
  ln -s /usr/local/bin/curvine-fluid $R/app/curvine/lib/$name
done`;

/** A client's volume, as Kubernetes mounts it: what is mounted there reaches the node. */
const VOLUME = `mkdir -p $R${TARGET} /tmp/volume
mount -t tmpfs tmpfs /tmp/volume
mount --make-shared /tmp/volume
mount --bind /tmp/volume $R${TARGET}`;

/** A real FUSE mount of Curvine's type at the target. */
const MOUNTED = `mkdir -p $R/source
OPTIONS="-o fsname=curvinefs,subtype=curvinefs" bind ${TARGET}`;

function client(one: Exhibit): void {
  exhibit({
    env: environment("client"),
    files: files(1),
    hosts,
    before: `${PROGRAMS}\n${VOLUME}`,
    ...one,
  });
}

/** A runtime config with a change. */
function changed(part: "master" | "worker" | "client", change: object): Record<string, unknown> {
  const config = runtime(1) as Record<string, object>;
  return { [CONFIG]: { ...config, [part]: { ...config[part], ...change } } };
}

client({
  name: "mode-unknown",
  illness: "a pod without Fluid's variables, and a host name that says nothing",
  shows: ["mode"],
  env: {},
  files: {},
  hostname: "node-7",
});

client({
  name: "mode-standalone",
  illness: "a pod without Fluid's variables, whose host name says client",
  shows: ["mode"],
  env: {},
  files: {},
});

client({
  name: "mode-no-component",
  illness: "a pod of a CacheRuntime that does not say what it is",
  shows: ["mode"],
  env: { FLUID_RUNTIME_CONFIG_PATH: CONFIG },
  hostname: "node-7",
});

client({
  name: "config-broken",
  illness: "the runtime config is cut off",
  shows: ["mode", "config"],
  files: { [CONFIG]: JSON.stringify(runtime(1)).slice(0, 100) },
});

client({
  name: "config-problems",
  illness: "options of the runtime config are wrong",
  shows: ["mode", "config"],
  files: changed("client", {
    options: { io_threads: "many", "entry_timeout_msec": "1000", mnt_path: "/elsewhere" },
  }),
});

client({
  name: "config-missing",
  illness: "the runtime config is not there",
  shows: ["mode", "config"],
  files: {},
});

client({
  name: "settings",
  illness: "a setting of ours cannot be read, and another is misspelt",
  shows: ["settings"],
  env: {
    ...environment("client"),
    CURVINE_FLUID_STOP_TIMEOUT: "soon",
    CURVINE_FLUID_HANG_TIMOUT: "300s",
  },
});

client({
  name: "secrets",
  illness: "a secret that is named is not there",
  shows: ["secrets", "config"],
  files: changed("client", { options: { "client.hostname": "/etc/fluid/secrets/store/name" } }),
});

client({
  name: "program",
  illness: "the image has no curvine-fuse",
  shows: ["program"],
  before: VOLUME,
});

client({
  name: "fuse-device",
  illness: "the container has no /dev/fuse",
  shows: ["fuse"],
  before: `${PROGRAMS}\n${VOLUME}\nmount -t tmpfs tmpfs $R/dev; mknod $R/dev/null c 1 3
mknod $R/dev/urandom c 1 9`,
});

client({
  name: "fuse-capability",
  illness: "the container lacks the capability to mount",
  shows: ["fuse"],
  with: "setpriv --inh-caps=-sys_admin --bounding-set=-sys_admin",
});

client({
  name: "limits",
  illness: "few files may be open at once",
  shows: ["limits"],
  before: `${PROGRAMS}\n${VOLUME}\nulimit -n 4096`,
});

client({
  name: "limits-processes",
  illness: "the pod has used up its processes",
  shows: ["limits"],
  files: {
    ...files(1),
    "/sys/fs/cgroup/pids.max": "1024\n",
    "/sys/fs/cgroup/pids.current": "1024\n",
  },
});

// The kernel's own limit; whoever has raised it on this machine has mended what is shown here.
const hasSmallPipes = Number(Deno.readTextFileSync("/proc/sys/fs/pipe-max-size")) <= 2 ** 20;

if (hasSmallPipes) {
  client({
    name: "limits-splice",
    illness: "an option asks for pipes that the container may not have",
    shows: ["config", "limits"],
    files: changed("client", { options: { "fuse.enable_splice": "true" } }),
    with: "setpriv --inh-caps=-sys_resource --bounding-set=-sys_resource",
  });
}

client({
  name: "memory-kills",
  illness: "the kernel has killed processes of the container for their memory",
  shows: ["memory"],
  files: {
    ...files(1),
    "/sys/fs/cgroup/memory.max": `${512 * 2 ** 20}\n`,
    "/sys/fs/cgroup/memory.current": `${500 * 2 ** 20}\n`,
    "/sys/fs/cgroup/memory.events": "low 0\nhigh 0\nmax 77\noom 2\noom_kill 2\n",
  },
});

client({
  name: "folders",
  illness: "the root file system is read-only",
  shows: ["folders"],
  before: `${PROGRAMS}\n${VOLUME}\nmount -o remount,bind,ro $R`,
});

client({
  name: "mount-none",
  illness: "nothing is mounted yet",
  shows: ["mount", "supervisor"],
});

client({
  name: "mount-plain-folder",
  illness: "something wrote into the mount point while nothing was mounted",
  shows: ["mount"],
  before: `${PROGRAMS}\n${VOLUME}\ntouch $R${TARGET}/part-0 $R${TARGET}/part-1 $R${TARGET}/part-2
touch $R${TARGET}/part-3`,
});

client({
  name: "mount-unshared",
  illness: "the volume does not reach the node",
  shows: ["mount"],
  before: `${PROGRAMS}\nmkdir -p $R${TARGET}; mount -t tmpfs tmpfs $R${TARGET}`,
});

client({
  name: "mount-foreign",
  illness: "something else is mounted at the target",
  shows: ["mount"],
  alone: true,
  before: `${PROGRAMS}\n${VOLUME}\nmkdir -p $R/source; bind ${TARGET}`,
});

client({
  name: "mount-stale",
  illness: "an earlier container's daemon was killed",
  shows: ["mount"],
  before: `${PROGRAMS}\n${VOLUME}\n${MOUNTED}
kill -KILL $daemon; wait $daemon || true`,
});

client({
  name: "mount-dead-volume",
  illness: "the volume is itself a mount whose daemon was killed",
  shows: ["mount"],
  before: `${PROGRAMS}
mkdir -p $R/node $R${TARGET}; mount -t tmpfs tmpfs $R/node; mount --make-shared $R/node
${MOUNTED.replace(TARGET, "/node/fuse")}
mount --bind $R/node/fuse $R${TARGET}
kill -KILL $daemon; wait $daemon || true`,
});

client({
  name: "mount-neighbour",
  illness: "a client of another container serves the target",
  shows: ["mount"],
  before: `${PROGRAMS}\n${VOLUME}\n${MOUNTED}`,
  alone: true,
});

client({
  name: "mount-stacked",
  illness: "two mounts lie on top of each other",
  shows: ["mount"],
  before: `${PROGRAMS}\n${VOLUME}\n${MOUNTED}\n${MOUNTED}`,
});

/** A worker with one tier. */
function worker(tier: object, one: Omit<Exhibit, "env" | "hostname">): void {
  exhibit({
    env: { ...environment("worker"), FLUID_RUNTIME_COMPONENT_SVC_NAME: "svc-lake-worker" },
    hosts,
    hostname: "lake-worker-0",
    ...one,
    files: { ...changed("worker", { tieredStoreLevels: [tier] }), ...one.files },
  });
}

/** A volume at `/cache` of 64 MiB. */
const CACHE = `${PROGRAMS}\nmkdir -p $R/cache; mount -t tmpfs -o size=64m,mode=755 tmpfs $R/cache`;

worker({ mountPaths: ["/cache"], mediumType: "SSD", quotas: ["1Gi"] }, {
  name: "space",
  illness: "a worker's tier is larger than its disk",
  shows: ["space", "folders"],
  before: CACHE,
});

worker({ mountPaths: ["/cache"], mediumType: "SSD", quotas: ["32Mi"] }, {
  name: "space-full",
  illness: "a worker's disk is full",
  shows: ["space"],
  before: `${CACHE}\nhead -c 100M /dev/zero > $R/cache/block 2> /dev/null || true`,
});

worker({ mountPaths: ["/cache"], mediumType: "MEM", quotas: ["1Gi"] }, {
  name: "memory",
  illness: "a worker's memory limit is smaller than its tier in memory",
  shows: ["memory"],
  files: {
    "/sys/fs/cgroup/memory.max": `${2 ** 30}\n`,
    "/sys/fs/cgroup/memory.current": `${300 * 2 ** 20}\n`,
  },
  before: `${PROGRAMS}\nmkdir -p $R/cache; mount -t tmpfs -o size=4g tmpfs $R/cache`,
});

/** A master whose metadata and journal lie on one volume. */
function master(one: Exhibit): void {
  exhibit({
    env: environment("master"),
    files: changed("master", { options: { meta_dir: "/meta/m", journal_dir: "/meta/j" } }),
    hostname: "lake-master-0",
    ...one,
  });
}

master({
  name: "folders-not-ours",
  illness: "a master's volume belongs to root, and the master does not run as root",
  shows: ["folders"],
  with: "setpriv --reuid=65532 --regid=65532 --clear-groups --inh-caps=+sys_chroot " +
    "--ambient-caps=+sys_chroot",
  before: `${PROGRAMS}\nchmod 755 $R; mkdir -m 755 $R/meta`,
});

master({
  name: "space-metadata",
  illness: "there is hardly any room for a master's metadata and journal",
  shows: ["space"],
  before: `${PROGRAMS}\nmkdir $R/meta; mount -t tmpfs -o size=16m tmpfs $R/meta`,
});
