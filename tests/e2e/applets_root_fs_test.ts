import assert from "node:assert/strict";
import { missing } from "../support/requirements.ts";
import { RootFs } from "../support/root_fs.ts";

const ignore = missing(
  "executable",
  "root",
  "fuse",
  "tool:bindfs",
  "tool:unshare",
  "tool:chroot",
  "tool:ldd",
);

function test(name: string, work: (fs: RootFs) => Promise<void>): void {
  Deno.test({
    name: `without a shell or coreutils: ${name}`,
    ignore,
    fn: async () => {
      using fs = await RootFs.make();
      fs.write("/source/a", "12345");
      fs.write("/source/sub/b", "");
      fs.write("/source/sub/deep/c", "");
      fs.write("/source/.hidden/d", "");
      await work(fs);
    },
  });
}

test("1, 2: umount takes every layer, then says 'not mounted'", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    mkdir $R/empty
    SOURCE=$R/empty bind /mnt/thin-fuse
    SOURCE=$R/empty bind /mnt/thin-fuse
    inside umount /mnt/thin-fuse; echo "code $? left $(mounted /mnt/thin-fuse)"
    inside umount /mnt/thin-fuse; echo "code $?"
  `);
  assert.equal(stdout, "code 0 left 0\ncode 32\n", stderr);
  assert.match(stderr, /umount: \/mnt\/thin-fuse: not mounted/);
});

test("umount of a busy target and of a dead daemon's", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/x
    exec 7< $R/mnt/x/a
    inside umount /mnt/x; echo "busy $? left $(mounted /mnt/x)"
    exec 7<&-
    bind /mnt/y
    kill -KILL $daemon; wait $daemon
    inside umount /mnt/y; echo "dead $? left $(mounted /mnt/y)"
    bind /mnt/z
    kill -STOP $daemon
    inside umount -l /mnt/z; echo "hung $? left $(mounted /mnt/z)"
    bind /mnt/w
    kill -STOP $daemon
    inside umount /mnt/w; echo "hung, not lazy $? left $(mounted /mnt/w)"
  `);
  assert.equal(
    stdout,
    "busy 0 left 0\ndead 0 left 0\nhung 0 left 0\nhung, not lazy 0 left 0\n",
    stderr,
  );
});

test("umount takes one layer of what is no FUSE mount, and none that is busy", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    mkdir -p $R/mnt/t
    mount -t tmpfs none $R/mnt/t; mount -t tmpfs none $R/mnt/t
    cd $R/mnt/t
    inside umount /mnt/t; echo "busy $? left $(mounted /mnt/t)"
    cd /
    inside umount /mnt/t; echo "free $? left $(mounted /mnt/t)"
  `);
  assert.equal(stdout, "busy 32 left 2\nfree 0 left 1\n", stderr);
  assert.match(stderr, /busy/);
});

test("fusermount3 -u, quiet and lazy, with --", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/x
    inside fusermount3 -u -q -z -- /mnt/x; echo "$? left $(mounted /mnt/x)"
    inside fusermount3 -u -q -z -- /mnt/x; echo "$?"
    bind /mnt/x
    inside fusermount -u /mnt/x; echo "$? left $(mounted /mnt/x)"
  `);
  assert.equal(stdout, "0 left 0\n1\n0 left 0\n", stderr);
  assert.doesNotMatch(stderr, /not found/);
});

test("3: check-mount finds the mount and the path below it", async (fs) => {
  const { stdout, stderr } = await fs.scene(
    `
    bind /runtime-mnt/thin/ai/lake/thin-fuse
    check() { inside bash -c "$1"; echo "$?"; }
    check "time /check-mount.sh /runtime-mnt/thin/ai/lake/ fuse sub/deep"
    check "time  /check-mount.sh /runtime-mnt/thin/ai/lake fuse "
    check "time /check-mount.sh /runtime-mnt/thin/ai/lake fuse no-such"
    check "time /check-mount.sh /runtime-mnt/thin/ai/lak fuse sub"
    check "time /check-mount.sh /runtime-mnt/thin/ai/lake fuse.other sub"
    kill -STOP $daemon
    check "time /check-mount.sh /runtime-mnt/thin/ai/lake fuse a"
  `,
    { CURVINE_FLUID_CHECK_MOUNT_TIMEOUT: "3s" },
  );
  assert.equal(stdout, "0\n0\n2\n1\n1\n2\n", stderr);
});

test("the postStart of Fluid 1.0.0 to 1.0.7, and sub-paths that are plain to bash", async (fs) => {
  for (const name of ["数据", "v1{x}", "a#b"]) fs.write(`/source/sub/${name}`, "");
  const { stdout, stderr } = await fs.scene(
    `
    bind /mnt/lake
    check() { inside bash -c "$1"; echo "$?"; }
    check 'time /check-mount.sh /mnt fuse  >> /proc/1/fd/1'
    for below in '数据' 'v1{x}' 'a#b'; do
      check "time /check-mount.sh /mnt fuse sub/$below >> /proc/1/fd/1"
      check "time /check-mount.sh /mnt fuse sub/$below"
    done
    check "time /check-mount.sh /mnt fuse sub/none >> /proc/1/fd/1"
    check "time /check-mount.sh /mnt fuse >> /somewhere/else"
    check "time /check-mount.sh >> /proc/1/fd/1"
  `,
    { CURVINE_FLUID_CHECK_MOUNT_TIMEOUT: "3s" },
  );
  assert.equal(stdout, "0\n0\n0\n0\n0\n0\n0\n2\n127\n127\n", stderr);
  assert.match(stderr, /\/tools\/ioctl_sync/);
});

test("the preStop of a ThinRuntime up to Fluid 1.0.6", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/thin-fuse
    inside sh -c "umount /mnt/thin-fuse"; echo "code $? left $(mounted /mnt/thin-fuse)"
    inside sh -c "umount /mnt/thin-fuse"; echo "code $?"
  `);
  assert.equal(stdout, "code 0 left 0\ncode 32\n", stderr);
  assert.match(stderr, /umount: \/mnt\/thin-fuse: not mounted/);
});

test("what Fluid lets be piped: mount, ls and df into grep and wc", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/x
    inside bash -c "mount |grep /mnt/x |wc -l"
    inside bash -c "mount |grep /mnt/none"; echo "$?"
    inside bash -c "ls -lR /mnt/x/sub /mnt/x |grep ^- |wc -l"
    inside bash -c "df --block-size=1 /mnt/x |grep -v Filesystem |wc -l"
  `);
  assert.equal(stdout, "1\n1\n5\n1\n", stderr);
});

test("3: check-mount waits for a mount that comes later", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    ( sleep 1; bind /mnt/late; sleep 30 ) & late=$!
    inside sh -c "time /check-mount.sh /mnt fuse sub"; echo "$?"
    kill $late
  `);
  assert.equal(stdout, "0\n", stderr);
});

test("4: sleep 2s", async (fs) => {
  const start = performance.now();
  const { stdout } = await fs.scene("inside sleep 2s; echo $?; inside sleep soon; echo $?");
  assert.equal(stdout, "0\n1\n");
  assert(performance.now() - start >= 2_000);
});

test("5: ls -lR shows the tree as ls does", async (fs) => {
  fs.write("/source/with space", "");
  Deno.symlinkSync("a", `${fs.root}/source/link`);
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/x
    inside ls -lR /mnt/x > $R/ours; echo $?
    inside ls -lR /mnt/absent; echo $?
    ( cd $R && TZ=UTC LC_ALL=C ls -lnR --time-style='+%b %e %H:%M' mnt/x ) | sed 's#^mnt#/mnt#' |
      tr -s ' ' > $R/theirs
    tr -s ' ' < $R/ours | diff - $R/theirs
  `);
  assert.equal(stdout, "0\n2\n", stderr);
  assert.match(stderr, /\/mnt\/absent/);
});

test("6: df and grep print six fields, the third the used bytes", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/lake
    bind /mnt/other
    inside bash -c "df --block-size=1 |grep /mnt/lake"; echo $?
    df --block-size=1 $R/mnt/lake | tail -1
    inside bash -c "df --block-size=1 |grep /mnt/none"; echo $?
  `);
  const [ours = "", code, theirs = "", absent] = stdout.split("\n");
  assert.deepEqual([code, absent], ["0", "1"], stderr);
  const fields = ours.split(" ");
  assert.equal(fields.length, 6, ours);
  assert.equal(fields[5], "/mnt/lake");
  const [, size, used] = theirs.trim().split(/\s+/).map(Number);
  assert.equal(Number(fields[1]), size);
  // Others write to the same disk meanwhile.
  assert(Math.abs(Number(fields[2]) - (used ?? 0)) < 2 ** 30, `${ours} | ${theirs}`);
});

test("6: df leaves out a mount that hangs, not the others", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/a
    kill -STOP $daemon
    bind /mnt/b
    inside df --block-size=1 | grep -o '/mnt/[ab]$'
  `);
  assert.equal(stdout, "/mnt/b\n", stderr);
  assert.match(stderr, /df: \/mnt\/a: no answer/);
});

test("7: ls, grep and wc print one number", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/x
    inside bash -c "ls -lR /mnt/x |grep ^- |wc -l "
    ls -lR $R/mnt/x | grep ^- | wc -l
    inside sh -c "ls -lR $'/mnt/x' | grep ^- | wc -l"
    inside bash -c "ls -lR /mnt/absent |grep ^- |wc -l "
  `);
  assert.equal(stdout, "3\n3\n3\n0\n", stderr);
});

test("8, 9, 10: mountUFS, reportSummary and DataLoad", async (fs) => {
  await fs.cli(`
    case "$*" in
      "mount --conf "*)
        if [ -e /table ]; then
          echo "| ID | Curvine Path | UFS Path |"; echo "| 1 | /raw | s3://lake/raw |"
        else echo "Mount Table: (empty)"; fi ;;
      "mount s3://lake/raw /raw "*) echo > /table; echo "│ ✅️ mount success." ;;
      "fs mkdir -p /shared "*) ;;
      "report fluid-summary "*)
        echo '{"cached":"1.00GiB","cachedPercentage":"1%","cacheCapacity":"2.00GiB","cacheHitRatio":"1%"}' ;;
      "load s3://lake/raw/a --watch "*) echo "│ 🚦 Status: 🟢 Completed" ;;
      *) echo "Error: unknown $*" >&2; exit 1 ;;
    esac
  `);
  fs.write(
    "/etc/fluid/config/runtime.json",
    JSON.stringify({
      mounts: [
        { mountPoint: "s3://lake/raw", path: "/raw" },
        { mountPoint: "curvine:///shared", path: "/shared" },
      ],
      targetPath: "/mnt/x",
      master: { enabled: true, name: "lake-master", replicas: 1, service: { name: "svc" } },
      worker: { enabled: true, name: "lake-worker", service: { name: "" } },
    }),
  );
  const { stdout, stderr } = await fs.scene(
    `
    inside /app/curvine/mountUfs.sh; echo $?
    inside bash -c /app/curvine/mountUfs.sh; echo $?
    inside curvine-fluid mount-ufs; echo $?
    inside /app/curvine/reportSummary.sh; echo $?
    inside bash -c /app/curvine/reportSummary.sh > /dev/null; echo $?
    inside curvine-fluid data-load /raw/a > $R/loaded; echo $?
    cut -d: -f1 $R/loaded
  `,
    { FLUID_RUNTIME_COMPONENT_TYPE: "master" },
  );
  const mounted = '{"mounted":["/raw","/shared"]}\n0\n';
  assert.equal(
    stdout,
    mounted + mounted + mounted +
      '{"cached":"1.00GiB","cachedPercentage":"1%","cacheCapacity":"2.00GiB","cacheHitRatio":"1%"}\n' +
      "0\n0\n0\ndone /raw/a\n",
    stderr,
  );
});

test("uname answers curvine-fuse's question", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    for o in -r -s -m -n -v -sr; do inside uname $o; done
    for o in -r -s -m -n -v -sr; do uname $o; done
    inside uname; inside uname -a; inside uname -x; echo $?
  `);
  const lines = stdout.split("\n");
  assert.deepEqual(lines.slice(0, 6), lines.slice(6, 12), stderr);
  assert.equal(lines[12], "Linux");
  assert.match(lines[13] ?? "", /^Linux .* GNU\/Linux$/);
  assert.equal(lines[14], "1");
});

test("a shell refuses everything else and says who refuses", async (fs) => {
  const { stdout, stderr } = await fs.scene(`
    for text in 'echo hi' 'umount /mnt; reboot' 'df --block-size=1 |grep /x; id' 'ls -lR /x' \\
      'time /check-mount.sh /a fuse $(id)' 'df --block-size=1 |grep \`id\`' ''; do
      inside bash -c "$text"; echo $?
    done
    inside sh; echo $?
    inside bash -lc 'echo hi'; echo $?
    inside bash script.sh; echo $?
  `);
  assert.equal(stdout, "127\n".repeat(10));
  assert.equal(stderr.match(/^curvine-fluid: there is no shell/gm)?.length, 10, stderr);
});

test("umount tells the supervisor first", async (fs) => {
  Deno.mkdirSync(`${fs.root}/run/curvine-fluid`);
  const heard: string[] = [];
  await using _server = Deno.serve(
    { path: `${fs.root}/run/curvine-fluid/control.sock`, onListen: () => {} },
    (request) => {
      const url = new URL(request.url);
      heard.push(`${request.method} ${url.pathname} ${url.searchParams.get("target")}`);
      return url.searchParams.get("target") === "/mnt/x"
        ? new Response('{"unmounting":"noted","reason":"waiting for a master"}')
        : new Response("no", { status: 409 });
    },
  );
  const { stdout, stderr } = await fs.scene(`
    bind /mnt/x
    inside umount /mnt/../mnt/x/; echo "$? left $(mounted /mnt/x)"
    inside umount /mnt/x; echo $?
    inside umount /mnt/y; echo $?
  `);
  assert.equal(stdout, "0 left 0\n0\n32\n", stderr);
  assert.match(stderr, /\/mnt\/x: nothing to unmount: waiting for a master; its client ends/);
  assert.match(stderr, /\/mnt\/y: not mounted/);
  assert.deepEqual(heard, [
    "POST /unmounting /mnt/x",
    "POST /unmounting /mnt/x",
    "POST /unmounting /mnt/y",
  ]);
});
