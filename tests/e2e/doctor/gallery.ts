import { missing } from "../../support/requirements.ts";
import { RootFs } from "../../support/root_fs.ts";
import type { StandInServer } from "../../support/stand_in_masters.ts";
import { assertShown, type Shown, type Visit } from "./shown.ts";

/** An environment that is ill in one way, and what doctor says there. */
export interface Exhibit extends Omit<Shown, "places"> {
  /** What is wrong there, as the test's name. */
  readonly illness: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the container: texts, values that are written as JSON, `null` for none. */
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
  /** What doctor is run by, such as `setpriv` with a capability less. */
  readonly with?: string;
  /** The host name; a client's unless it says otherwise. */
  readonly hostname?: string;
  /** Shell lines that are run first, with `$R`, the container's root. */
  readonly before?: string;
}

const STAND_IN = new URL("../../support/stand_in_masters.ts", import.meta.url).pathname;

const SKIPPED = missing(
  "root",
  "fuse",
  "executable",
  "tool:bindfs",
  "tool:setpriv",
  "tool:unshare",
  "tool:chroot",
  "tool:ip",
  "tool:openssl",
  "tool:find",
  "tool:ldd",
);

/** Makes a test of an exhibit. */
export function exhibit(one: Exhibit): void {
  Deno.test({
    name: `doctor: ${one.illness}`,
    ignore: SKIPPED,
    fn: async () => {
      using fs = await RootFs.make();
      await assertShown({ ...one, places: { ROOT: fs.root } }, await visit(one, fs));
    },
  });
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
      code: Number(read("code")),
      milliseconds: Number(read("took")),
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
    if (content !== null) {
      fs.write(path, typeof content === "string" ? content : JSON.stringify(content));
    }
  }
}

/** Both runs go side by side, so that a scene takes no longer than one. */
function script(one: Exhibit, folder: string): string {
  const { servers = [], dropped = [], unreachable = [], hostname = "lake-client-0" } = one;
  const by = one.alone === true ? "unshare -m -p -f --mount-proc=$R/proc" : one.with ?? "";
  const doctor = by === "" ? "inside" : `${by} bash -c 'inside "$@"' bash`;
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
      # Of the machine's other mounts some may go meanwhile, with the folders on which they are.
      grep " $R" /proc/self/mountinfo
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
