import { fuseServers } from "../system/child_processes.ts";
import { disposableChild } from "../system/disposable_child.ts";
import { groupFacts } from "../system/group_facts.ts";
import { cannotExecute, cannotOpen } from "../system/may_open.ts";
import { askAlone } from "../system/probe_child.ts";
import { readLink } from "../system/read_link.ts";
import { readSmall } from "../system/read_small.ts";
import { childNames } from "../system/read_tree.ts";
import { lookUpHost } from "../system/resolve_host.ts";
import { systemSockets } from "../system/sockets.ts";
import { takeoverForbidden } from "../system/takeover_allowed.ts";
import type { DoctorWorld } from "../tools/doctor/patient.ts";

/** The real world, as `doctor` looks at it. */
export function doctorWorld(): DoctorWorld {
  return {
    read: readSmall,
    names: childNames,
    readLink,
    ask: askAlone,
    child: disposableChild,
    lookup: lookUpHost,
    connectTcp: systemSockets.connectTcp,
    cannotOpen,
    cannotExecute,
    takeoverForbidden: (mayTrace) => takeoverForbidden(mayTrace)?.reason,
    group: groupFacts,
    fuseServers,
    now: () => performance.now(),
    date: () => Date.now(),
  };
}
