/** Surroundings that forbid to hold a connection: each is a value that says why. */
import assert from "node:assert/strict";
import { compiledProgram } from "../../support/compiled_program.ts";
import { missing } from "../../support/requirements.ts";
import { TakeoverPlace } from "../../support/takeover_place.ts";
import { openKernel } from "../../../lib/system/kernel_calls.ts";

// What a call opens stays open; a test that opens it would be told to have leaked it.
openKernel();

const ignore = missing("root", "fuse", "tool:gcc", "tool:python3", "tool:setpriv");

/** What report_hold.ts printed. */
interface Report {
  readonly ok: boolean;
  readonly reason?: string;
  readonly lasting?: boolean;
  /** Descriptors more than before, while held and after all. */
  readonly held: number;
  readonly left: number;
}

/** Tries to hold the daemon of a place in a process of its own, below a command. */
async function report(
  place: TakeoverPlace,
  below: readonly string[],
  more: readonly string[] = [],
): Promise<Report> {
  const script = new URL("../../support/report_hold.ts", import.meta.url).pathname;
  const [mount] = place.mounts();
  const [program = "", ...args] = [
    ...below,
    ...[Deno.execPath(), "run", "--allow-all", "--no-check", script],
    ...[`${place.daemon.pid}`, mount?.minor ?? "", mount?.path ?? "", ...more],
  ];
  const { stdout, stderr } = await new Deno.Command(program, { args }).output();
  const text = new TextDecoder().decode(stdout);
  assert.notEqual(text, "", new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

/** Numbers of the calls; the same on x86-64 and arm64. */
const PIDFD_GETFD = 438, PIDFD_OPEN = 434;
const EPERM = 1, ENOSYS = 38;

const FILTERS: [string, number, number, RegExp][] = [
  ["pidfd_getfd is not permitted", PIDFD_GETFD, EPERM, /pidfd_getfd.*seccomp filter/],
  ["pidfd_getfd is hidden", PIDFD_GETFD, ENOSYS, /pidfd_getfd.*ENOSYS.*Linux 5\.6/],
  ["pidfd_open is hidden", PIDFD_OPEN, ENOSYS, /pidfd_open.*ENOSYS.*Linux 5\.3/],
];

for (const [what, number, errno, reason] of FILTERS) {
  Deno.test({
    name: `a seccomp filter: ${what}`,
    ignore,
    fn: async () => {
      await using place = await TakeoverPlace.serve();
      const filter = await compiledProgram("without_call");
      const found = await report(place, [filter, `${number}`, `${errno}`]);
      assert.deepEqual([found.ok, found.lasting, found.left], [false, true, 0]);
      assert.match(found.reason ?? "", reason);
    },
  });
}

Deno.test({
  name: "without CAP_SYS_PTRACE another user's daemon is not held",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const drop = ["setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"];
    const found = await report(place, drop);
    assert.deepEqual([found.ok, found.lasting, found.left], [false, true, 0]);
    assert.match(found.reason ?? "", /CAP_SYS_PTRACE/);
  },
});

Deno.test({
  name: "too many open files: said, whichever descriptor is the one too many, and none is left",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const limited = ["prlimit", "--nofile=256:256"];
    const good: number[] = [];
    for (let free = 1; free <= 5; free++) {
      const found = await report(place, limited, [`${free}`]);
      assert.equal(found.left, 0, `${free} free`);
      if (found.ok) {
        assert.equal(found.held, 1);
        good.push(free);
      } else {
        assert.match(found.reason ?? "", /too many files|has \/dev\/fuse open/, `${free} free`);
        assert.equal(found.lasting, false);
      }
    }
    assert.deepEqual(good, [3, 4, 5], "it needs three at a time");
  },
});
