import { NO_LESSON } from "../ports/mounts.ts";
import type { Invocation } from "../cli/command.ts";
import { VERSION } from "../cli/version.ts";
import { makeLog } from "../observe/log.ts";
import { runFolders } from "../plan/run_folders.ts";
import { readSettings } from "../plan/settings.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Host } from "../ports/host.ts";
import {
  cleanUp,
  type JanitorPlace,
  type JanitorWorld,
  targetOfPod,
} from "../supervise/janitor.ts";
import { isFileLocked } from "../system/file_lock.ts";
import { systemFiles } from "../system/files.ts";
import { systemFolders } from "../system/folders.ts";
import { systemMounts } from "../system/mounts.ts";
import { askAlone } from "../system/probe_child.ts";
import { readLink } from "../system/read_link.ts";
import { trimMemory } from "../system/trim_memory.ts";
import { userId } from "../system/user_id.ts";

/** An application's pods and the kubelet wait; the kubelet tries again every few seconds at most. */
const LOOK_MS = 1_000;

/**
 * Beside a CacheRuntime's client, whose volume is the very mount: takes a dead one away when the
 * client's PID 1 is no more, for with it no new container can be created. Until it is told to stop.
 */
export async function command({ operands }: Invocation, host: Host): Promise<number> {
  const { logFormat, logLevel } = readSettings(host.env);
  const log = makeLog({
    format: logFormat,
    level: logLevel,
    date: () => new Date(),
    write: (line) => host.stderr(`${line}\n`),
  });
  const [runFolder = ""] = runFolders(host.env, userId());
  const place: JanitorPlace = { runFolder, target: operands[0] ?? targetOfPod(host.env) };
  const world: JanitorWorld = {
    files: systemFiles,
    folders: systemFolders,
    readLink,
    mounts: systemMounts({
      ask: (path, deadline) => askAlone(path, deadline),
      walk: () => Promise.resolve(false),
      teach: () => NO_LESSON,
    }),
    isLocked: isFileLocked,
  };
  const stopped = Promise.withResolvers<void>();
  host.signals.takeOver((signal) => {
    if (["SIGTERM", "SIGINT", "SIGQUIT"].includes(signal)) stopped.resolve();
  });
  log("info", "watching", `Version ${VERSION}; watching for dead mounts`, {
    run_folder: runFolder,
    target: place.target ?? "as the client names it",
  });
  let over = false;
  void stopped.promise.then(() => over = true);
  let trimmed = false;
  while (!over) {
    await cleanUp(place, world, log);
    if (!trimmed) trimMemory();
    trimmed = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      stopped.promise,
      new Promise<void>((done) => timer = setTimeout(done, LOOK_MS)),
    ]);
    clearTimeout(timer);
  }
  return ExitCode.Done;
}
