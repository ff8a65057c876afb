import assert from "node:assert/strict";
import { Errno } from "../../../lib/system/kernel_calls.ts";
import { type WhatFailed, whyNotTaken } from "../../../lib/system/takeover_reasons.ts";

const NOTHING = { yamaScope: undefined, filtered: false };

const CASES: [
  WhatFailed,
  number,
  typeof NOTHING | { yamaScope: number; filtered: boolean },
  RegExp,
  boolean,
][] = [
  ["pidfd_open", Errno.ENOSYS, NOTHING, /Linux 5\.3/, true],
  ["pidfd_getfd", Errno.ENOSYS, NOTHING, /Linux 5\.6.*seccomp/, true],
  ["pidfd_getfd", Errno.EPERM, NOTHING, /CAP_SYS_PTRACE/, true],
  ["pidfd_getfd", Errno.EPERM, { yamaScope: 0, filtered: true }, /seccomp filter/, true],
  [
    "pidfd_getfd",
    Errno.EPERM,
    { yamaScope: 2, filtered: false },
    /ptrace_scope is 2.*PTRACE/,
    true,
  ],
  ["pidfd_getfd", Errno.EPERM, { yamaScope: 3, filtered: true }, /is 3.*nobody; a seccomp/, true],
  ["look", Errno.EACCES, NOTHING, /descriptors is not permitted.*CAP_SYS_PTRACE/, true],
  ["pidfd_getfd", Errno.EBADF, NOTHING, /closed/, false],
  ["pidfd_open", Errno.ESRCH, NOTHING, /has ended/, false],
  ["pidfd_getfd", Errno.EMFILE, NOTHING, /too many files/, false],
  ["openat", Errno.ENFILE, NOTHING, /too many files/, false],
  ["openat", Errno.EPERM, NOTHING, /\/dev\/fuse.*privileged/, true],
  ["openat", Errno.ENOENT, NOTHING, /\/dev\/fuse cannot be opened/, true],
  ["ioctl", Errno.EINVAL, NOTHING, /not of a mount/, false],
  ["ioctl", 25, NOTHING, /FUSE_DEV_IOC_CLONE/, true],
  ["pidfd_open", 5, NOTHING, /errno 5/, false],
  ["no-descriptor", 0, NOTHING, /\/dev\/fuse open/, false],
  ["not-told-apart", 0, NOTHING, /mnt_number = 1/, true],
  ["connection-ended", 0, NOTHING, /ended already/, false],
];

for (const [what, errno, surroundings, reason, lasting] of CASES) {
  const around = `${surroundings.yamaScope ?? "no"} Yama, filter ${surroundings.filtered}`;
  Deno.test(`why not: ${what}, errno ${errno}, ${around}`, () => {
    const why = whyNotTaken(what, errno, "", () => surroundings);
    assert.match(why.reason, /^Cannot take the daemon's FUSE connection over: /);
    assert.match(why.reason, reason);
    assert.equal(why.lasting, lasting);
  });
}

Deno.test("why not: a state file that cannot be written tells why", () => {
  const { reason, lasting } = whyNotTaken("state-file", 0, "read-only file system");
  assert.match(reason, /read-only file system$/);
  assert.equal(lasting, false);
});
