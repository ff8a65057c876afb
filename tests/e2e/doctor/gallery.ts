import assert from "node:assert/strict";
import { styleFor } from "../../../lib/observe/style.ts";
import type { Finding } from "../../../lib/tools/doctor/finding.ts";
import { ANCHORS, type Page } from "../../../lib/tools/doctor/pages.ts";
import { reportText } from "../../../lib/tools/doctor/report.ts";
import { WHOLE_MS } from "../../../lib/tools/doctor/time_limits.ts";
import { missing } from "../../support/requirements.ts";
import { RootFs } from "../../support/root_fs.ts";
import { assertSnapshot } from "../../support/snapshot.ts";
import type { StandInServer } from "../../support/stand_in_masters.ts";

/** An environment that is ill in one way, and what doctor says there. */
export interface Exhibit {
  /** The snapshot's name. */
  readonly name: string;
  /** What is wrong there, as the test's name. */
  readonly illness: string;
  /** The findings that are shown; what depends on the machine the tests run on is left out. */
  readonly shows: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the container: texts, or values that are written as JSON. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Host names beside localhost. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly servers?: readonly StandInServer[];
  /** The name under which they run. */
  readonly program?: string;
  /** Addresses whose packets nobody answers, and those that no route leads to. */
  readonly dropped?: readonly string[];
  readonly unreachable?: readonly string[];
  /** Where names are asked for that `hosts` has not; without one they do not exist. */
  readonly nameserver?: string;
  /** Doctor sees no other processes than its own: the servers are those of another container. */
  readonly alone?: boolean;
  /** The host name; a client's unless it says otherwise. */
  readonly hostname?: string;
  /** Shell lines that are run first, with `$R`, the container's root. */
  readonly before?: string;
}

const STAND_IN = new URL("../../support/stand_in_masters.ts", import.meta.url).pathname;

const SKIPPED = missing(
  "root",
  "executable",
  "tool:unshare",
  "tool:chroot",
  "tool:ip",
  "tool:find",
  "tool:ldd",
);

/**
 * Makes a test of an exhibit: doctor runs in it once for a person and once for a program. It must end
 * in time, exit as its findings say, stay within 80 columns, change nothing, and say what the
 * snapshot says.
 */
export function exhibit(one: Exhibit): void {
  Deno.test({
    name: `doctor: ${one.illness}`,
    ignore: SKIPPED,
    fn: async () => {
      using fs = await RootFs.make();
      const seen = await visit(one, fs);
      assert.equal(seen.errors, "");
      assert.equal(seen.code, JSON.parse(seen.json).ok ? "0" : "1");
      assert(Number(seen.took) < WHOLE_MS, `took ${seen.took} ms`);
      assert.equal(seen.after, seen.before, "doctor changed something");
      for (const line of seen.text.split("\n")) {
        assert(line.length <= 80 || /^\S*\s*\S+:\/\/\S+$|^\s*\S+$/.test(line), line);
      }
      const findings = findingsOf(seen.json).filter(({ name }) => one.shows.includes(name));
      await assertSnapshot(`doctor/${one.name}.txt`, reportText(findings, styleFor(false, {})));
    },
  });
}

/** What came of a visit; `before` and `after` list the mounts and the files. */
interface Visit {
  readonly code: string;
  readonly took: string;
  readonly text: string;
  readonly json: string;
  readonly errors: string;
  readonly before: string;
  readonly after: string;
}

async function visit(one: Exhibit, fs: RootFs): Promise<Visit> {
  furnish(one, fs);
  const folder = await Deno.makeTempDir({ prefix: "doctor-" });
  try {
    const { stdout, stderr } = await fs.scene(script(one, folder), {
      NO_COLOR: "1",
      KUBERNETES_SERVICE_HOST: "10.0.0.250",
      ...one.env,
    }, { isolated: true });
    const read = (name: string): string => {
      try {
        return Deno.readTextFileSync(`${folder}/${name}`);
      } catch {
        throw new Error(`The scene did not come to an end:\n${stdout}${stderr}`);
      }
    };
    return {
      code: read("code").trim(),
      took: read("took").trim(),
      text: read("text"),
      json: read("json"),
      errors: read("errors"),
      before: read("before"),
      after: read("after"),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function furnish({ files = {}, hosts = {}, nameserver }: Exhibit, fs: RootFs): void {
  const lines = Object.entries(hosts).map(([name, address]) => `${address} ${name}\n`);
  fs.write("/etc/hosts", `127.0.0.1 localhost\n${lines.join("")}`);
  fs.write("/etc/nsswitch.conf", `hosts: files${nameserver === undefined ? "" : " dns"}\n`);
  fs.write("/etc/resolv.conf", nameserver === undefined ? "" : `nameserver ${nameserver}\n`);
  for (const [path, content] of Object.entries(files)) {
    fs.write(path, typeof content === "string" ? content : JSON.stringify(content));
  }
}

/** Both runs go side by side, so that a scene takes no longer than one. */
function script(one: Exhibit, folder: string): string {
  const { servers = [], dropped = [], unreachable = [], hostname = "lake-client-0" } = one;
  const doctor = one.alone === true
    ? `unshare -m -p -f --mount-proc=$R/proc bash -c 'inside "$@"' bash`
    : "inside";
  return `
    set -e
    OUT=${folder}
    export R CHROOT
    export -f inside
    ip link set lo up
    hostname ${hostname}
    ${dropped.map((address) => `ip route add ${address}/32 dev lo`).join("\n")}
    ${unreachable.map((address) => `ip route add unreachable ${address}/32`).join("\n")}
    ${one.before ?? ""}
    if [ '${JSON.stringify(servers)}' != '[]' ]; then
      exec -a '${
    one.program ?? "stand-in"
  }' '${Deno.execPath()}' run --quiet --no-config --allow-net ${STAND_IN} \\
        '${JSON.stringify(servers)}' > $OUT/servers 2>&1 &
      until grep -q ready $OUT/servers; do
        kill -0 $! || { cat $OUT/servers; exit 97; }
        sleep 0.02
      done
    fi
    look() {
      cat /proc/self/mountinfo
      find $R -xdev -printf '%P %y %m %s %T@ %l\\n' | sort
    }
    look > $OUT/before
    begin=$(date +%s%N)
    set +e
    ${doctor} curvine-fluid doctor > $OUT/text 2> $OUT/errors &
    text=$!
    ${doctor} curvine-fluid doctor --json > $OUT/json 2>> $OUT/errors
    echo $? > $OUT/code
    wait $text
    echo $(( ($(date +%s%N) - begin) / 1000000 )) > $OUT/took
    look > $OUT/after
  `;
}

function findingsOf(json: string): Finding[] {
  const { findings } = JSON.parse(json) as {
    findings: (Finding & { readonly link?: string })[];
  };
  return findings.map(({ link, ...finding }) => {
    const page = Object.entries(ANCHORS).find(([, anchor]) => link?.endsWith(`#${anchor}`))?.[0];
    return {
      ...finding,
      seen: masked(finding.seen),
      ...(page === undefined ? {} : { page: page as Page }),
    };
  });
}

/** What differs from run to run. */
function masked(text: string): string {
  return text.replaceAll(/\b\d+ ms\b/g, "N ms").replaceAll(/\b\d+\.\d s\b/g, "N s")
    .replaceAll(/\(pid \d+\)/g, "(pid N)");
}
