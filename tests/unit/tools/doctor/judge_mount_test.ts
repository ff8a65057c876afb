import assert from "node:assert/strict";
import { parseMountinfo } from "../../../../lib/mount/mountinfo.ts";
import type { FolderFacts } from "../../../../lib/system/folder_facts.ts";
import { judgeMount, type MountPoint } from "../../../../lib/tools/doctor/mount.ts";
import { shown } from "../../../support/findings.ts";

const ROOT = "20 1 0:30 / / rw - overlay overlay rw";
const VOLUME = "21 20 8:1 /mnt /mnt rw shared:7 - ext4 /dev/sda1 rw";
const OURS = "22 21 0:52 / /mnt rw shared:9 - fuse.curvinefs curvinefs rw";
const OTHERS = "23 21 0:53 / /mnt rw shared:9 - fuse.sshfs host:/ rw";

const EMPTY: FolderFacts = {
  kind: "directory",
  nearest: "/mnt",
  unwritable: null,
  size: null,
  available: null,
  names: [],
};

/** A mount point in a pod whose supervisor has mounted it. */
function point(lines: readonly string[], more: Partial<MountPoint> = {}): MountPoint {
  return {
    path: "/mnt",
    table: parseMountinfo([ROOT, ...lines].join("\n")),
    isPod: true,
    state: "mounted",
    reason: undefined,
    waiting: 0,
    daemon: undefined,
    hangLimit: "300s",
    servers: [{ pid: 40, minor: "52" }],
    answer: "answers",
    folder: undefined,
    ...more,
  };
}

Deno.test("a mount of ours that answers is well, and who serves it is told", () => {
  const findings = judgeMount(point([VOLUME, OURS]));
  assert.equal(shown(findings), "ok mount");
  assert.match(findings[0]?.seen ?? "", /curvinefs at "\/mnt".*process 40.*shared/);
});

Deno.test("a supervisor that holds the connection is not told as who serves it", () => {
  const servers = [{ pid: 1, minor: "52" }, { pid: 40, minor: "52" }];
  const [finding] = judgeMount(point([VOLUME, OURS], { servers, daemon: 40 }));
  assert.match(finding?.seen ?? "", /by process 40,/);
});

Deno.test("a dead mount is found, and how the supervisor goes on with it", () => {
  const waiting = { answer: "stale", state: "clearing", reason: "no master" } as const;
  const findings = judgeMount(point([VOLUME, OURS], waiting));
  assert.equal(shown(findings), "fail mount stale");
  assert.match(findings[0]?.seen ?? "", /dead.*clearing: no master/);
  assert.match(findings[0]?.mend ?? "", /master accepts/);
  const alone = judgeMount(point([VOLUME, OURS], { answer: "stale", state: undefined }));
  assert.match(alone[0]?.mend ?? "", /next start/);
});

Deno.test("a volume that is itself a dead mount is nobody's here to take away", () => {
  const volume = "22 20 0:52 / /mnt rw shared:9 - fuse.curvinefs curvinefs rw";
  assert.equal(shown(judgeMount(point([volume], { answer: "stale" }))), "fail mount volume");
});

Deno.test("a mount that does not answer is told with the requests that wait", () => {
  const findings = judgeMount(point([VOLUME, OURS], { answer: "silent", waiting: 3 }));
  assert.equal(shown(findings), "fail mount hang");
  assert.match(findings[0]?.seen ?? "", /3 requests wait/);
  assert.match(findings[0]?.mend ?? "", /300s/);
});

Deno.test("a mount that nobody could ask is not called well", () => {
  assert.equal(
    shown(judgeMount(point([VOLUME, OURS], { answer: "unknown" }))),
    "warn mount container",
  );
});

Deno.test("an empty folder is told as not mounted, with the supervisor's state", () => {
  const findings = judgeMount(point([VOLUME], { state: "starting", folder: EMPTY }));
  assert.equal(shown(findings), "fail mount mount");
  assert.match(findings[0]?.mend ?? "", /starting/);
});

Deno.test("a folder that holds files is told with their names, our own empty ones aside", () => {
  const folder = { ...EMPTY, names: ["mnt-0", "a", "b", "c", "d"] };
  const findings = judgeMount(point([VOLUME], { state: "backoff", folder }));
  assert.equal(shown(findings), "fail mount mount");
  assert.match(findings[0]?.seen ?? "", /holds "a", "b", "c" and more/);
  const ours = judgeMount(point([VOLUME], { folder: { ...EMPTY, names: ["mnt-0"] } }));
  assert.doesNotMatch(ours[0]?.seen ?? "", /holds/);
});

Deno.test("a folder beneath that does not answer is told as that", () => {
  const findings = judgeMount(point([VOLUME], { folder: "late" }));
  assert.match(findings[0]?.seen ?? "", /does not answer/);
});

Deno.test("somebody else's live mount is told with its type, on top of ours too", () => {
  const alone = judgeMount(point([VOLUME, OTHERS], { servers: [] }));
  assert.equal(shown(alone), "fail mount mount");
  assert.match(alone[0]?.seen ?? "", /fuse\.sshfs.*"host:\/"/);
  const over = "24 22 8:2 / /mnt rw - ext4 /dev/sdb rw";
  const covered = judgeMount(point([VOLUME, OURS, over], { answer: undefined }));
  assert.match(covered[0]?.seen ?? "", /ext4/);
});

Deno.test("another client's mount is well for who stands by, else it warns", () => {
  const others = { servers: [], state: "standing-by" };
  assert.equal(shown(judgeMount(point([VOLUME, OURS], others))), "ok mount");
  const lost = { servers: [], state: undefined };
  assert.equal(shown(judgeMount(point([VOLUME, OURS], lost))), "warn mount neighbour");
});

Deno.test("where the kernel does not tell who serves what, the supervisor's word counts", () => {
  const untold = { servers: [{ pid: 40, minor: undefined }] };
  assert.equal(shown(judgeMount(point([VOLUME, OURS], untold))), "ok mount");
});

Deno.test("a mount that does not propagate is seen by nobody outside of a pod", () => {
  const alone = "22 20 0:52 / /mnt rw - fuse.curvinefs curvinefs rw";
  const pod = judgeMount(point([alone]));
  assert.equal(shown(pod), "fail mount unshared");
  assert.match(pod[0]?.seen ?? "", /no volume/);
  const bound = VOLUME.replace("shared:7 ", "");
  const notShared = judgeMount(point([bound, alone.replace("22 20", "22 21")]));
  assert.match(notShared[0]?.seen ?? "", /"\/mnt" does not propagate/);
  assert.equal(shown(judgeMount(point([alone], { isPod: false }))), "ok mount");
});

Deno.test("a volume without propagation is told before anything is mounted on it", () => {
  const findings = judgeMount(
    point([VOLUME.replace("shared:7 ", "")], { state: "starting", folder: EMPTY }),
  );
  assert.equal(shown(findings), "fail mount mount; fail mount unshared");
});

Deno.test("layers that lie below ours are told", () => {
  const below = "23 21 0:51 / /mnt rw shared:8 - fuse.curvinefs curvinefs rw";
  const ours = OURS.replace("22 21", "22 23");
  const findings = judgeMount(point([VOLUME, below, ours]));
  assert.equal(shown(findings), "ok mount; warn mount stale");
});
