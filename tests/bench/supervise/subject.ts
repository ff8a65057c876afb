import { compiledProgram } from "../../support/compiled_program.ts";
import { FaultRun } from "../../support/fault_run.ts";

/** A supervisor to measure: ours, or one that Debian ships, with the same daemon below it. */
export interface Subject {
  readonly name: string;
  /** Whether it starts a dead daemon again. */
  readonly restarts: boolean;
  /** A container with it as PID 1, not yet started. @param plan for the stand-in daemon */
  prepare(plan?: string[]): Promise<FaultRun>;
}

/** Restarts are measured, not the waits between them: every mount counts as stable at once. */
const EAGER = {
  CURVINE_FLUID_STABLE_AFTER: "1ms",
  CURVINE_FLUID_RESTART_DELAY: "0",
  CURVINE_FLUID_RESTART_MAX_DELAY: "0",
  CURVINE_FLUID_RESTART_LIMIT: "0",
  CURVINE_FLUID_STOP_TIMEOUT: "25s",
  CURVINE_FLUID_PROBE_INTERVAL: "10s",
  CURVINE_FLUID_PROBE_TIMEOUT: "5s",
  CURVINE_FLUID_HANG_TIMEOUT: "300s",
};

export const OURS: Subject = {
  name: "curvine-fluid",
  restarts: true,
  prepare: (plan = []) => FaultRun.prepare({ plan, env: EAGER }),
};

/** The same where a seccomp filter keeps connections from being held: every restart is a cold one. */
export const COLD: Subject = {
  name: "ours, cold",
  restarts: true,
  prepare: async (plan = []) => {
    const filter = await compiledProgram("without_call");
    const pidfdGetfd = 438, notPermitted = 1;
    const launch = `exec ${filter} ${pidfdGetfd} ${notPermitted} "$@" >/dev/null 2>&1`;
    return await FaultRun.prepare({ plan, env: EAGER, launch });
  },
};

/**
 * A peer knows nothing of mounts: its daemon is a script that detaches what is left, as the
 * entrypoints in the field do it, and becomes the stand-in.
 */
function peer(name: string, restarts: boolean, launch: string): Subject {
  return {
    name,
    restarts,
    prepare: (plan = []) =>
      FaultRun.prepare({
        plan,
        before: `cat >"$ROOT/fuse.toml" <<END
[fuse]
mnt_path = "$TARGET"
END
cat >"$ROOT/daemon" <<END
#!/bin/sh
umount -l "$TARGET" 2>/dev/null
exec "$ROOT/home/lib/curvine-fuse" --conf "$ROOT/fuse.toml"
END
chmod +x "$ROOT/daemon"`,
        launch,
      }),
  };
}

export const PEERS: readonly Subject[] = [
  peer(
    "supervisord",
    true,
    `cat >"$ROOT/supervisord.conf" <<END
[supervisord]
nodaemon=true
logfile=/dev/null
logfile_maxbytes=0
pidfile=$ROOT/supervisord.pid
[program:fuse]
command=$ROOT/daemon
startsecs=0
startretries=1000000
autorestart=true
stdout_logfile=/dev/null
stderr_logfile=/dev/null
END
exec supervisord -c "$ROOT/supervisord.conf" >/dev/null 2>&1`,
  ),
  peer(
    "runit",
    true,
    `mkdir -p "$ROOT/service"; cp "$ROOT/daemon" "$ROOT/service/run"
exec runsv "$ROOT/service" >/dev/null 2>&1`,
  ),
  peer("tini", false, `exec tini -- "$ROOT/daemon" >/dev/null 2>&1`),
];

/** The least that a restart can cost on this machine, at this moment: a shell that knows nothing. */
export const FLOOR: Subject = peer(
  "a shell loop",
  true,
  `exec sh -c 'while :; do "$ROOT/daemon" >/dev/null 2>&1; done'`,
);
