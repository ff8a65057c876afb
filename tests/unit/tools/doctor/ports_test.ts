import assert from "node:assert/strict";
import { takenPorts } from "../../../../lib/tools/doctor/listening_sockets.ts";
import { judgePorts, wantedPorts } from "../../../../lib/tools/doctor/ports.ts";
import type { Plan } from "../../../../lib/plan/plan.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const ROW = (local: string, state: string, inode: number): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1`;

const FILES: Readonly<Record<string, string>> = {
  "/proc/net/tcp": [HEAD, ROW("00000000:2323", "0A", 11), ROW("0100007F:2328", "01", 12)].join(
    "\n",
  ),
  "/proc/net/tcp6": [HEAD, ROW("00000000000000000000000000000000:2324", "0A", 13)].join("\n"),
  "/proc/1/cmdline": "/app/curvine/lib/curvine-server\0--service\0master\0",
};
const LINKS: Readonly<Record<string, string>> = {
  "/proc/1/fd/3": "/dev/null",
  "/proc/1/fd/7": "socket:[11]",
  "/proc/1/exe": "/app/curvine/lib/curvine-server",
};
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  "/proc": ["1", "net", "self"],
  "/proc/1/fd": ["3", "7"],
};
const WORLD = {
  read: (path: string) => FILES[path],
  readLink: (path: string) => LINKS[path],
  names: (path: string) => FOLDERS[path] ?? [],
};

Deno.test("who listens on a port is found by its socket; a connection is no listener", () => {
  assert.deepEqual(takenPorts([8995, 9000, 8996, 1], WORLD), [
    {
      port: 8995,
      holder: {
        pid: 1,
        argv: ["/app/curvine/lib/curvine-server", "--service", "master"],
        executable: "/app/curvine/lib/curvine-server",
      },
    },
    // On IPv6, and of a process that cannot be seen.
    { port: 8996, holder: undefined },
  ]);
});

const OWN = { daemon: "/app/curvine/lib/curvine-server", self: "/usr/bin/curvine-fluid" };
const WANTED = [{ port: 8995, setBy: "master.rpc_port" }];
const holder = (...argv: string[]) => ({ pid: 7, argv, executable: argv[0] });

Deno.test("a port is free, our own daemon's, our own, or taken", () => {
  const judge = (one: ReturnType<typeof holder> | undefined | null): string =>
    judgePorts(WANTED, one === null ? [] : [{ port: 8995, holder: one }], OWN)
      .map(({ verdict, seen }) => `${verdict}: ${seen}`).join("\n");
  assert.equal(judge(null), "ok: nobody listens on 8995");
  assert.equal(judge(holder(OWN.daemon)), "ok: curvine-server (pid 7) of ours listens on 8995");
  assert.equal(judge(holder(OWN.self)), "ok: curvine-fluid (pid 7) of ours listens on 8995");
  assert.equal(judge(holder("/bin/sh", OWN.daemon)), "ok: sh (pid 7) of ours listens on 8995");
  assert.match(
    judge(holder("nginx", "secret")),
    /^fail: .* taken by nginx \(pid 7\)$/,
  );
  assert.match(judge(undefined), /^fail: .* outside of this container$/);
});

Deno.test("beside another who has the port at another address, our own is well", () => {
  const taken = [{ port: 8995, holder: undefined }, { port: 8995, holder: holder(OWN.daemon) }];
  assert.equal(judgePorts(WANTED, taken, OWN)[0]?.verdict, "ok");
});

Deno.test("each component has its ports, by the configuration or by Curvine's defaults", () => {
  const plan = (component: Plan["component"], toml: object, policy = "exec"): Plan =>
    ({ component, config: { path: "", toml }, process: { policy, argv: [] } }) as never;
  const ports = (one: Plan, env = {}): string[] =>
    wantedPorts(one, env).map(({ port, setBy }) => `${setBy}=${port}`);
  assert.deepEqual(ports(plan("master", { master: { rpc_port: 7000 } })), [
    "master.rpc_port=7000",
    "master.web_port=9001",
    "journal.rpc_port=8996",
  ]);
  assert.deepEqual(ports(plan("worker", {})), ["worker.rpc_port=8997", "worker.web_port=9002"]);
  const address = { CURVINE_FLUID_HTTP_ADDR: ":9004" };
  assert.deepEqual(ports(plan("fuse", {}, "supervise"), address), [
    "fuse.web_port=9003",
    "CURVINE_FLUID_HTTP_ADDR=9004",
  ]);
  assert.deepEqual(
    ports(plan("fuse", {}), address),
    ["fuse.web_port=9003"],
    "nobody listens there",
  );
  const taken = [{ port: 9003, holder: undefined }];
  const [finding] = judgePorts(wantedPorts(plan("client", {}), {}), taken, OWN);
  assert.equal(finding?.verdict, "warn", "curvine-fuse runs on without it");
});

Deno.test("a socket that a fork shares is its first holder's; what cannot be read is left out", () => {
  const world = {
    read: (path: string) =>
      ({
        "/proc/net/tcp": [HEAD, ROW("00000000:2323", "0A", 11), "   1: nonsense"].join("\n"),
        "/proc/3/cmdline": "/bin/first\0",
        "/proc/4/cmdline": "/bin/second\0",
      })[path],
    readLink: (path: string) => path.endsWith("/exe") ? undefined : "socket:[11]",
    names: (path: string) => path === "/proc" ? ["3", "4", "self"] : ["0"],
  };
  const [taken, ...more] = takenPorts([8995], world);
  assert.deepEqual(taken, {
    port: 8995,
    holder: { pid: 3, argv: ["/bin/first"], executable: undefined },
  });
  assert.equal(more.length, 0);
  const unseen = {
    ...world,
    read: (path: string) => path.startsWith("/proc/net") ? world.read(path) : undefined,
  };
  assert.deepEqual(takenPorts([8995], unseen)[0]?.holder?.argv, []);
  const links = { ...world, readLink: () => "/socket:[11]" };
  assert.deepEqual(takenPorts([8995], links), [{ port: 8995, holder: undefined }]);
});
