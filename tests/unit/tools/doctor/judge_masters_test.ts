import assert from "node:assert/strict";
import {
  judgeClocks,
  judgeOwnWorker,
  judgeWorkers,
} from "../../../../lib/tools/doctor/masters/judge_cluster.ts";
import { judgeMasters } from "../../../../lib/tools/doctor/masters/judge_masters.ts";
import { judgeLoad, judgeMounts } from "../../../../lib/tools/doctor/masters/judge_mounts.ts";
import type { MasterReport, RpcSeen } from "../../../../lib/tools/doctor/masters/ask_master.ts";
import type { ClusterSeen, WorkerSeen } from "../../../../lib/tools/doctor/masters/answers.ts";
import type { Finding } from "../../../../lib/tools/doctor/finding.ts";

const WHERE = { isPod: true, nameservers: ["10.96.0.10"], how: "the runtime config" };
const CLUSTER: ClusterSeen = { capacity: 100, available: 50, live: [], blacklisted: [], lost: [] };
const QUICK = { ms: 1, answerMs: 1 };

let last = 0;

function report(
  rpc: Partial<RpcSeen> & Pick<RpcSeen, "kind"> | undefined,
  more: Partial<MasterReport> = {},
): MasterReport {
  const address = `10.0.0.${++last}`;
  return {
    endpoint: { hostname: `m${last}.svc-lake-master.ai.svc.cluster.local`, port: 8995 },
    lookup: { outcome: "found", addresses: [address], ms: 1 },
    rpc: rpc === undefined ? undefined : { address, ...QUICK, reason: "why", ...rpc } as RpcSeen,
    web: undefined,
    ...more,
  };
}

const leader = (more: Partial<MasterReport> = {}): MasterReport =>
  report({ kind: "leader", cluster: CLUSTER }, more);

function verdicts(findings: readonly Finding[]): string {
  return findings.map(({ verdict }) => verdict).join(" ");
}

Deno.test("a leader and its followers are well", () => {
  const findings = judgeMasters([leader(), report({ kind: "follower" })], WHERE);
  assert.equal(verdicts(findings), "ok ok");
  assert.match(findings[1]?.seen ?? "", /follows \(Standby\)/);
});

Deno.test("what fails alone is a warning beside a leader", () => {
  const failures: (Partial<RpcSeen> & Pick<RpcSeen, "kind">)[] = [
    { kind: "refused" },
    { kind: "silent" },
    { kind: "unreachable" },
    { kind: "failed" },
    { kind: "error", text: "too old" },
    { kind: "strange", how: "closed" },
    { kind: "strange", how: "mute" },
    { kind: "strange", how: "garbage" },
    { kind: "strange", how: "http" },
  ];
  const seen = new Set<string>();
  for (const rpc of failures) {
    assert.equal(verdicts(judgeMasters([report(rpc)], WHERE)), "fail", rpc.kind);
    const [, beside] = judgeMasters([leader(), report(rpc)], WHERE);
    assert.equal(beside?.verdict, "warn", rpc.kind);
    seen.add(beside?.mend ?? "");
  }
  assert.equal(seen.size, failures.length - 1, "each has a mend of its own, but for no way to it");
});

Deno.test("followers without a leader fail, and how many must reach one another is said", () => {
  const three = [1, 2, 3].map(() => report({ kind: "follower" }));
  const findings = judgeMasters(three, WHERE);
  assert.equal(verdicts(findings), "ok ok ok fail");
  assert.match(findings.at(-1)?.mend ?? "", /^2 of them/);
});

Deno.test("two leaders fail, but one that has two names does not", () => {
  const [one, other] = [leader(), leader()];
  assert.equal(verdicts(judgeMasters([one, other], WHERE)), "ok ok fail");
  const again = { ...one, endpoint: { hostname: "alias", port: 8995 } };
  assert.equal(verdicts(judgeMasters([one, again], WHERE)), "ok ok");
});

Deno.test("a follower whose Raft has ended does not count as well", () => {
  const web = { port: 9000, state: "Exit", clock: undefined };
  const [, exit] = judgeMasters([leader(), report({ kind: "follower" }, { web })], WHERE);
  assert.equal(exit?.verdict, "warn");
  assert.match(exit?.mend ?? "", /restart/);
});

Deno.test("what is slow is a warning that says what", () => {
  const slow = report({ kind: "follower", answerMs: 1400 });
  const name = leader({ lookup: { outcome: "found", addresses: ["10.0.0.9"], ms: 1300 } });
  const findings = judgeMasters([name, slow], WHERE);
  assert.equal(verdicts(findings), "warn warn");
  assert.match(findings[0]?.mend ?? "", /name service/);
  assert.match(findings[1]?.mend ?? "", /overloaded/);
});

Deno.test("a name that does not exist: the service in a pod, the spelling of others, nothing at a desk", () => {
  const absent = { outcome: "absent", addresses: [], ms: 1 } as const;
  const ofCluster = report(undefined, { lookup: absent });
  const ofUser = report(undefined, {
    lookup: absent,
    endpoint: { hostname: "master.example.com", port: 8995 },
  });
  const [inPod, spelt] = judgeMasters([ofCluster, ofUser], WHERE);
  assert.match(inPod?.mend ?? "", /headless/);
  assert.match(spelt?.mend ?? "", /spelt right in the runtime config/);
  const [atDesk] = judgeMasters([ofCluster], { ...WHERE, isPod: false });
  assert.equal(atDesk?.verdict, "warn");
});

Deno.test("a name service that does not answer is named", () => {
  const lookup = { outcome: "unknown", addresses: [], ms: 1500 } as const;
  const [finding] = judgeMasters([report(undefined, { lookup })], WHERE);
  assert.match(finding?.seen ?? "", /10\.96\.0\.10/);
});

const worker = (name: string): WorkerSeen => ({ hostname: name, address: name, rpcPort: 8997 });

Deno.test("workers: none alive, none with room, some lost, some out of reach", () => {
  const live = [worker("w0"), worker("w1")];
  const fine = live.map((one) => ({ worker: one, failure: undefined }));
  const failure = { kind: "silent", reason: "nothing came back" } as const;
  const half = fine.map((one, index) => (index === 0 ? { ...one, failure } : one));
  const all = fine.map((one) => ({ ...one, failure }));
  assert.equal(verdicts(judgeWorkers({ ...CLUSTER, live }, fine)), "ok");
  assert.equal(verdicts(judgeWorkers({ ...CLUSTER, lost: live }, [])), "fail");
  assert.equal(verdicts(judgeWorkers({ ...CLUSTER, live, capacity: 0 }, fine)), "fail");
  assert.equal(verdicts(judgeWorkers({ ...CLUSTER, live, lost: live }, fine)), "ok warn");
  assert.equal(verdicts(judgeWorkers({ ...CLUSTER, live, blacklisted: live }, fine)), "ok warn");
  assert.equal(verdicts(judgeWorkers({ ...CLUSTER, live }, half)), "ok warn");
  assert.equal(verdicts(judgeWorkers({ ...CLUSTER, live }, all)), "ok fail");
});

Deno.test("this very worker is known by its name and port", () => {
  const own = { hostname: "w0", port: 8997 };
  const known = (cluster: Partial<ClusterSeen>, one = own): string =>
    judgeOwnWorker({ ...CLUSTER, ...cluster }, one).verdict;
  assert.equal(known({ live: [worker("w0")] }), "ok");
  assert.equal(known({ live: [worker("w0")] }, { ...own, port: 7000 }), "fail");
  assert.equal(known({ live: [worker("w1")], lost: [worker("w0")] }), "fail");
  assert.equal(known({ blacklisted: [worker("w0")] }), "fail");
});

Deno.test("a clock counts by what its answer's slowness cannot explain", () => {
  const off = (ahead: number, error = 500): string => {
    const web = { port: 9000, state: "Active", clock: { ahead, error } };
    return verdicts(judgeClocks([leader({ web }), leader()]));
  };
  assert.equal(off(0), "ok");
  assert.equal(off(3_400), "ok");
  assert.equal(off(-3_600), "warn");
  assert.equal(off(60_400), "warn");
  assert.equal(off(-60_600), "fail");
  assert.equal(off(4_000, 1_500), "ok", "the answer took two seconds");
  assert.deepEqual(judgeClocks([leader()]), [], "nobody told the time");
});

Deno.test("mounts: what is missing fails, what is another warns, Curvine's own need none", () => {
  const mount = (path: string, mountPoint: string) => ({ path, mountPoint, name: undefined });
  const config = (...mounts: ReturnType<typeof mount>[]) => ({ mounts }) as never;
  const table = [{ path: "/data", ufs: "s3://bucket/data" }];
  const judge = (...mounts: ReturnType<typeof mount>[]): string =>
    verdicts(judgeMounts(table, config(...mounts)));
  assert.equal(judge(mount("/data/", "s3://bucket//data/")), "ok");
  assert.equal(judge(mount("/data", "s3://bucket/other")), "warn");
  assert.equal(judge(mount("/raw", "s3://bucket/raw")), "fail");
  assert.equal(judge(mount("/", "curvine:///"), mount("/x", "pvc://x")), "");
});

Deno.test("a load fails for a path that no mount is at, above or below", () => {
  const table = [{ path: "/data", ufs: "s3://bucket/data" }];
  const judge = (paths: string): string =>
    verdicts(judgeLoad(table, { FLUID_DATALOAD_DATA_PATH: paths }));
  assert.equal(judge("/data/a:/"), "ok ok");
  assert.equal(judge("/data:/data2"), "ok fail");
});

Deno.test("the workers' room is told in the largest unit that fits", () => {
  const room = (available: number, capacity: number): string =>
    judgeWorkers({ ...CLUSTER, live: [worker("w0")], available, capacity }, [])[0]?.seen ?? "";
  assert.equal(room(0, 1), "1 alive, 0 B of 1 B free");
  assert.equal(room(1023, 1024), "1 alive, 1023 B of 1.0 KiB free");
  assert.equal(room(1536 * 1024, 3 * 1024 ** 3), "1 alive, 1.5 MiB of 3.0 GiB free");
  assert.equal(room(2 * 1024 ** 4, 3000 * 1024 ** 5), "1 alive, 2.0 TiB of 3000.0 PiB free");
});

Deno.test("a clock that is off is told by how much and where to", () => {
  const told = (ahead: number): string => {
    const web = { clock: { ahead, error: 0 } } as MasterReport["web"];
    return judgeClocks([report({ kind: "leader", cluster: CLUSTER }, { web })])[0]?.seen ?? "";
  };
  assert.match(told(119_000), /is 119 s ahead of ours$/);
  assert.match(told(-120_000), /is 2 min behind ours$/);
  assert.match(told(119 * 60_000), /is 119 min ahead/);
  assert.match(told(-120 * 60_000), /is 2 h behind/);
  assert.equal(told(0), "the master's is ours");
  const two = judgeClocks([leader(), leader()].map((one) => ({
    ...one,
    web: { clock: { ahead: 1, error: 0 } } as MasterReport["web"],
  })));
  assert.equal(two[0]?.seen, "the masters' are ours");
});

Deno.test("of many workers the first three are named, those without a name by their address", () => {
  const nameless = { ...worker(""), address: "10.0.0.9" };
  const lost = [worker("a"), nameless, worker("c"), worker("d")];
  const [, told] = judgeWorkers({ ...CLUSTER, live: [worker("w")], lost }, []);
  const names = ["a", "10.0.0.9", "c"].map((name) =>
    JSON.stringify(`${name}:${worker("").rpcPort}`)
  );
  assert.match(told?.seen ?? "", /^4 no longer report/);
  assert.ok(told?.seen.endsWith(`: ${names.join(", ")}, …`), told?.seen);
  const [, three] = judgeWorkers({ ...CLUSTER, live: [worker("w")], lost: lost.slice(0, 3) }, []);
  assert.ok(three?.seen.endsWith(names.join(", ")), three?.seen);
});

Deno.test("a worker is another's by its name or its port", () => {
  const own = { hostname: "w0", port: worker("").rpcPort };
  const other = { ...worker("w0"), rpcPort: own.port + 1 };
  const said = (live: WorkerSeen[]): string => judgeOwnWorker({ ...CLUSTER, live }, own).seen;
  assert.match(said([worker("w1"), other]), /not known/);
  assert.match(said([other, worker("w0")]), /is among them/);
  const lost = judgeOwnWorker({ ...CLUSTER, blacklisted: [worker("w0")] }, own).seen;
  assert.match(lost, /no longer reports/);
});
