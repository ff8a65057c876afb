import type { FuseConnections, World } from "../ports/world.ts";
import { systemClock } from "./clock.ts";
import { closeOnExec } from "./close_on_exec.ts";
import { watchFaults } from "./faults.ts";
import { tryLockFile } from "./file_lock.ts";
import { systemFiles } from "./files.ts";
import { systemFolders } from "./folders.ts";
import { fuseConnections } from "./fuse_connections.ts";
import { kernel } from "./kernel_calls.ts";
import { HeldMountTable, systemMounts } from "./mounts.ts";
import { Poller } from "./poller.ts";
import { mountAskers } from "./probe_child.ts";
import { systemProcesses } from "./processes.ts";
import { readLink } from "./read_link.ts";
import { type ChunkWriter, Sink } from "./sink.ts";
import { systemSockets } from "./sockets.ts";
import { systemTakeover } from "./takeover.ts";
import { oomKills } from "./memory_kills.ts";
import { trimMemory } from "./trim_memory.ts";
import { userId } from "./user_id.ts";

const PR_SET_CHILD_SUBREAPER = 36;

/** The real world, and what puts it away when nobody needs it any more. */
export interface SupervisorWorld extends World {
  close(): Promise<void>;
}

/**
 * @param self the command line that runs this program; `probe PATH` is added to it
 * @param out where the daemon's output goes, and ours
 */
export function supervisorWorld(
  self: readonly string[] = [Deno.execPath()],
  out: { readonly stdout: ChunkWriter; readonly stderr: ChunkWriter } = Deno,
): SupervisorWorld {
  closeOnExec();
  const stdout = new Sink(out.stdout);
  const stderr = new Sink(out.stderr);
  const processes = systemProcesses(stdout, stderr);
  const poller = new Poller();
  const mountTable = new HeldMountTable();
  let connections: FuseConnections | undefined;
  return {
    files: systemFiles,
    folders: systemFolders,
    locks: { take: (path, note) => tryLockFile(path, note)?.release },
    user: userId(),
    pid: Deno.pid,
    random: Math.random,
    oomKills,
    readLink,
    becomeSubreaper: () => kernel("prctl", PR_SET_CHILD_SUBREAPER, 1) === 0,
    clock: systemClock,
    processes,
    mounts: systemMounts(mountAskers(self, processes), () => mountTable.read()),
    sockets: systemSockets,
    takeover: systemTakeover,
    output: {
      line: (text) => stderr.line(text),
      dropped: () => stdout.dropped + stderr.dropped,
      flush: async (milliseconds) => {
        await Promise.all([stdout.flush(milliseconds), stderr.flush(milliseconds)]);
      },
    },
    connections: (folder) => connections ??= fuseConnections(folder),
    watchMounts: (changed) => poller.watchMounts(changed),
    watchFolder: (path, changed) => poller.watchFolder(path, changed),
    watchFaults,
    trimMemory: () => {
      try {
        trimMemory();
      } catch {
        // It would have been nice to have.
      }
    },
    async close(): Promise<void> {
      await connections?.close();
      await processes.close();
      await poller.close();
      mountTable.close();
    },
  };
}
