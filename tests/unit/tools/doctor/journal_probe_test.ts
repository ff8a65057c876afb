import assert from "node:assert/strict";
import type { Finding } from "../../../../lib/tools/doctor/finding.ts";
import { journalProbe } from "../../../../lib/tools/doctor/masters/journal_probe.ts";
import type { Patient } from "../../../../lib/tools/doctor/patient.ts";

const OWN = { id: 1, hostname: "m0", port: 8996 };

/** A master of several, its peers' names and which of them take a connection. */
function master(
  peers: readonly object[],
  change: { component?: string; isHere?: boolean; journal?: unknown } = {},
): { patient: Patient; asked: string[]; closed: () => number } {
  const asked: string[] = [];
  let closed = 0;
  const journal = { hostname: "m0", rpc_port: 8996, journal_addrs: peers };
  const toml = { journal: change.journal ?? journal };
  const patient = {
    draft: { plan: { component: change.component ?? "master", config: { toml } } },
    isHere: change.isHere ?? true,
    world: {
      lookup: (name: string) => {
        if (name === "nowhere") return Promise.resolve({ outcome: "absent", addresses: [], ms: 1 });
        if (name === "dark") return Promise.resolve({ outcome: "unknown", addresses: [], ms: 1 });
        return Promise.resolve({ outcome: "found", addresses: [`ip of ${name}`], ms: 1 });
      },
      connectTcp: (address: string, port: number) => {
        asked.push(`${address}:${port}`);
        if (address.includes("closed")) {
          return Promise.reject(new Error("Connection refused (os error 111)"));
        }
        return Promise.resolve({ close: () => void closed++ });
      },
      now: () => 0,
    },
  };
  return { patient: patient as unknown as Patient, asked, closed: () => closed };
}

async function look(patient: Patient): Promise<Finding[]> {
  return [...await journalProbe.look(patient)];
}

Deno.test("a master asks its peers and not itself, and leaves no connection", async () => {
  const peers = [OWN, { id: 2, hostname: "m1", port: 8996 }, { id: 3, hostname: "m2", port: 8996 }];
  const { patient, asked, closed } = master(peers);
  const [finding, ...more] = await look(patient);
  assert.deepEqual(asked, ["ip of m1:8996", "ip of m2:8996"]);
  assert.equal(closed(), 2);
  assert.deepEqual([finding?.verdict, more.length], ["ok", 0]);
  assert.match(finding?.seen ?? "", /reaches its 2 peers/);
});

Deno.test("another master of the same host, or on the same port, is a peer", async () => {
  const { patient, asked } = master([OWN, { id: 2, hostname: "m0", port: 8997 }]);
  await look(patient);
  assert.deepEqual(asked, ["ip of m0:8997"]);
});

Deno.test("each way not to reach a peer has its words", async () => {
  const peers = ["nowhere", "dark", "closed"].map((hostname, at) => ({
    id: at + 2,
    hostname,
    port: 8996,
  }));
  const { patient } = master([OWN, ...peers]);
  const findings = await look(patient);
  assert.deepEqual(findings.map(({ verdict }) => verdict), ["fail", "fail", "fail"]);
  assert.match(findings[0]?.seen ?? "", /"nowhere:8996" .*its name does not exist/);
  assert.match(findings[1]?.seen ?? "", /"dark:8996" .*the name service does not answer/);
  assert.match(findings[2]?.seen ?? "", /"closed:8996" .*refused/);
});

Deno.test("only a master looks, where it runs, and with peers that its configuration tells", async () => {
  const peers = [OWN, { id: 2, hostname: "nowhere", port: 8996 }];
  assert.equal((await look(master(peers).patient)).length, 1);
  for (const change of [{ component: "worker" }, { isHere: false }, { journal: "none" }]) {
    assert.deepEqual(await look(master(peers, change).patient), []);
  }
  assert.deepEqual(await look(master([OWN]).patient), [], "it has no peer");
  assert.deepEqual(await look({ isHere: true } as Patient), [], "nothing is planned");
});
