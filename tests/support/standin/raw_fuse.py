"""A read-only FUSE file system that speaks to /dev/fuse itself and reloads as curvine-fuse does.

Called by the stand-in: SELF CONF TARGET OPTIONS ARGUMENTS, where SELF is the stand-in's own path
and ARGUMENTS what it was called with. It shows the folder `source` beside this file.

On USR1 it writes its state to <fuse.state_dir>/curvine_fuse_state_<pid>.data, starts SELF again
with the same arguments, CURVINE_FUSE_STATE_PATH and the open /dev/fuse, and exits 0. TERM, INT,
QUIT and HUP unmount and exit 0.

OPTIONS, comma separated:
  reload=ignore        USR1 does nothing
  reload=fail          USR1 ends it with 1, as when the state cannot be written
  reload=no-successor  it exits 0 and nobody follows
  reload=twice         two successors come
  reload=late-exit     the successor comes at once, it leaves a second later
  term=ignore          TERM, INT, QUIT and HUP do nothing
  term=busy            no fusermount: a busy mount is left behind, stale
  mute                 reads requests and never answers; also while the file `mute` lies beside
"""

import ctypes
import errno
import json
import os
import select
import shlex
import signal
import stat
import struct
import subprocess
import sys
import time
import tomllib

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE = 1, 2, 3, 14, 15, 17, 18
INIT, OPENDIR, READDIR, RELEASEDIR, INTERRUPT, DESTROY, BATCH_FORGET = 26, 27, 28, 29, 36, 38, 42
UNMOUNT_DETACH = 2

libc = ctypes.CDLL(None, use_errno=True)
me, conf_path, target, options, arguments = sys.argv[1:6]
options = [option for option in options.split(",") if option]
here = os.path.dirname(os.path.abspath(__file__))
source = os.path.realpath(os.path.join(here, "source"))
state_path = os.environ.get("CURVINE_FUSE_STATE_PATH")
with open(conf_path, "rb") as file:
    fuse = tomllib.load(file).get("fuse", {})
state_dir = fuse.get("state_dir", os.environ.get("TMPDIR", "/tmp"))
number = fuse.get("mnt_number", 1)
targets = [target] if number == 1 else [f"{target}/mnt-{n}" for n in range(number)]


def fail(message):
    print(f"Error: {message}", file=sys.stderr, flush=True)
    sys.exit(1)


def mount(path):
    os.makedirs(path, exist_ok=True)
    fd = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    data = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
    if libc.mount(b"curvinefs", os.fsencode(path), b"fuse.curvinefs", 0, data) != 0:
        fail(f"mount {path}: {os.strerror(ctypes.get_errno())}")
    return fd


def unmount(path):
    if libc.umount2(os.fsencode(path), 0) != 0 and "term=busy" not in options:
        libc.umount2(os.fsencode(path), UNMOUNT_DETACH)


class Nodes:
    """Node ids and the paths below the source that they stand for."""

    def __init__(self, paths):
        self.paths = {int(node): path for node, path in paths.items()}
        self.ids = {path: node for node, path in self.paths.items()}

    def path(self, node):
        return os.path.join(source, self.paths[node])

    def of(self, relative):
        if relative not in self.ids:
            node = max(self.paths) + 1
            self.ids[relative] = node
            self.paths[node] = relative
        return self.ids[relative]


def attributes(node, info):
    return struct.pack(
        "<6Q10I",
        node, info.st_size, info.st_blocks,
        int(info.st_atime), int(info.st_mtime), int(info.st_ctime), 0, 0, 0,
        info.st_mode, info.st_nlink, info.st_uid, info.st_gid, 0, 4096, 0,
    )


def entries(node):
    found = bytearray()
    names = [".", ".."] + sorted(os.listdir(nodes.path(node)))
    for offset, name in enumerate(names, 1):
        encoded = os.fsencode(name)
        kind = stat.S_IFMT(os.lstat(os.path.join(nodes.path(node), name)).st_mode) >> 12
        record = struct.pack("<QQII", node, offset, len(encoded), kind) + encoded
        yield offset, record + bytes(-len(record) % 8)


def answer(opcode, node, body):
    """The reply's bytes; None where there is none. Raises OSError for an error reply."""
    if opcode == INIT:
        major, minor, readahead, _ = struct.unpack_from("<4I", body)
        return struct.pack("<4IHHIIHHI7I", 7, 31, readahead, 0, 16, 12, 131072, 1, 0, 0, 0, *[0] * 7)
    if opcode == LOOKUP:
        relative = os.path.join(nodes.paths[node], os.fsdecode(body.split(b"\0", 1)[0]))
        info = os.lstat(os.path.join(source, relative))
        child = nodes.of(relative)
        return struct.pack("<4Q2I", child, 0, 0, 0, 0, 0) + attributes(child, info)
    if opcode == GETATTR:
        return struct.pack("<QII", 0, 0, 0) + attributes(node, os.lstat(nodes.path(node)))
    if opcode in (OPEN, OPENDIR):
        return struct.pack("<QII", 0, 1, 0)  # direct I/O: every read asks us
    if opcode == READ:
        _, offset, size = struct.unpack_from("<QQI", body)
        with open(nodes.path(node), "rb") as file:
            file.seek(offset)
            return file.read(size)
    if opcode == READDIR:
        _, start, size = struct.unpack_from("<QQI", body)
        found = b""
        for offset, record in entries(node):
            if offset > start and len(found) + len(record) <= size:
                found += record
        return found
    if opcode == STATFS:
        return struct.pack("<5Q4I6I", 1000, 500, 500, 100, 50, 4096, 255, 4096, 0, *[0] * 6)
    if opcode in (RELEASE, RELEASEDIR, DESTROY):
        return b""
    if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
        return None
    raise OSError(errno.ENOSYS, "not known here")


def serve_one(fd):
    """Reads and answers one request. False at the end: somebody unmounted."""
    try:
        request = os.read(fd, 1 << 20)
    except OSError as error:
        if error.errno == errno.ENODEV:
            return False
        if error.errno in (errno.EAGAIN, errno.EINTR, errno.ENOENT):
            return True
        raise
    _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
    silent = "mute" in options or os.path.exists(f"{here}/mute")
    if silent and opcode != INIT:
        return True
    try:
        reply, code = answer(opcode, node, request[40:]), 0
    except OSError as error:
        reply, code = b"", -(error.errno or errno.EIO)
    if reply is not None:
        try:
            os.write(fd, struct.pack("<IiQ", 16 + len(reply), code, unique) + reply)
        except OSError as error:
            # The asker was interrupted, or the connection is gone: the next read tells.
            if error.errno not in (errno.ENOENT, errno.ENODEV):
                raise
    return True


def hand_over():
    if "reload=ignore" in options:
        return
    if "reload=fail" in options:
        fail("cannot reload")
    twice = "reload=twice" in options
    path = f"{state_dir}/curvine_fuse_state_{os.getpid()}.data"
    try:
        with open(path, "w") as file:
            json.dump({"fds": fds, "paths": nodes.paths, "twice": twice}, file)
    except OSError as error:
        fail(f"cannot write the state: {error}")
    if "reload=no-successor" not in options:
        for _ in range(2 if twice else 1):
            subprocess.Popen(
                [me, *shlex.split(arguments)],
                env={**os.environ, "CURVINE_FUSE_STATE_PATH": path},
                pass_fds=fds,
            )
    if "reload=late-exit" in options:
        time.sleep(1)
    os._exit(0)


def stop():
    if "term=ignore" in options:
        return
    for path in targets:
        unmount(path)
    os._exit(0)


# curvine-fuse installs its handlers only after the mount.
if state_path:
    with open(state_path) as file:
        state = json.load(file)
    if not state["twice"]:
        os.unlink(state_path)
    fds, nodes = state["fds"], Nodes(state["paths"])
else:
    fds, nodes = [mount(path) for path in targets], Nodes({1: ""})

woken, wake = os.pipe()
os.set_blocking(wake, False)
for fd in fds:
    os.set_blocking(fd, False)
signal.set_wakeup_fd(wake)
for name in ("TERM", "INT", "QUIT", "HUP", "USR1"):
    signal.signal(getattr(signal, f"SIG{name}"), lambda *_: None)
print(f"serving {targets} as {os.getpid()}{' (restored)' if state_path else ''}", flush=True)

poll = select.poll()
for fd in [woken, *fds]:
    poll.register(fd, select.POLLIN)
while True:
    for fd, events in poll.poll():
        if fd == woken:
            for number in os.read(woken, 64):
                if number == signal.SIGUSR1:
                    hand_over()
                else:
                    stop()
        elif events & (select.POLLERR | select.POLLHUP | select.POLLNVAL) or not serve_one(fd):
            os._exit(0)
