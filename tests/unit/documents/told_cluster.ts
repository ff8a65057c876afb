import { statusOf } from "../../../lib/observe/status.ts";
import { statusView } from "../../../lib/observe/status_view.ts";
import { styleFor } from "../../../lib/observe/style.ts";
import { ok } from "../../../lib/tools/doctor/finding.ts";
import { reportText } from "../../../lib/tools/doctor/report.ts";
import { run } from "../../support/run.ts";
import { nameOf, type YamlObject } from "../manifests/kustomize.ts";
import { SNAPSHOT } from "../observe/sample_snapshot.ts";
import { KnownObjects } from "./known_objects.ts";
import {
  isPlaceholder,
  type KubectlCall,
  kubectlCall,
  OF_FLUID,
  referencesOf,
  RESOURCES,
} from "./kubectl_rules.ts";

/**
 * What kubectl prints where everything goes well, told from the manifests: there is no cluster here.
 * It knows what a page has applied, and what Fluid makes of that.
 */
export class ToldCluster {
  readonly #known = new KnownObjects();
  readonly #root: string;

  /** @param root the folder that the paths of command lines are in */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * @returns what the command line prints; `undefined` where nothing here tells
   * @throws {Error} where it would fail, for nobody has applied what it names
   */
  async answer(words: readonly string[]): Promise<string | undefined> {
    const call = kubectlCall(words);
    const { verb, flags, operands } = call;
    if (verb === "apply") return await this.#apply(`${this.#root}/${flags.get("-k")}`);
    if (verb === "exec") return this.#exec(call);
    if (verb === "get" && operands.join() === "pods") return this.#pods();
    const [reference = ""] = referencesOf(call);
    const [kind = "", name = ""] = reference.split("/");
    switch (verb) {
      case "wait":
        return `${resourceOf(this.#find(reference))}/${name} condition met\n`;
      case "rollout status":
        if (!OF_FLUID.includes(reference)) throw new Error(`${reference} is not Fluid's`);
        return `${kind.replace("daemonset", "daemon set")} "${name}" successfully rolled out\n`;
      case "logs":
        return await this.#logs(this.#find(reference));
      default:
        return undefined;
    }
  }

  /** Kustomize's order: secrets, then the kinds by their names. */
  async #apply(folder: string): Promise<string> {
    const key = (object: YamlObject): string =>
      `${object["kind"] === "Secret" ? 0 : 1} ${object["kind"]} ${nameOf(object)}`;
    return (await this.#known.add(folder)).toSorted((a, b) => key(a) < key(b) ? -1 : 1)
      .map((object) => `${resourceOf(object)}/${nameOf(object)} created\n`).join("");
  }

  /** A status tells the target that the runtime config has. Fluid: The runtime config file. */
  #exec({ operands: [pod = ""], inside }: KubectlCall): string | undefined {
    if (isPlaceholder(pod)) return undefined;
    const containers = this.#known.containers(pod);
    if (containers === undefined) throw new Error(`nothing applied has ${pod}`);
    if (inside[1] === "doctor") {
      return reportText([ok("mode", "as it should be"), ok("mount", "there")], PLAIN);
    }
    if (inside[1] !== "status") return undefined;
    const [, name = "", end] = /^\w+\/(.*)-(client|fuse)$/.exec(pod) ?? [];
    const target = end === "client"
      ? `/runtime-mnt/cache/default/${name}/cache-fuse`
      : `/runtime-mnt/thin/default/${name}/thin-fuse`;
    const well = {
      ...SNAPSHOT,
      version: VERSION,
      target,
      restarts: {},
      takeovers: {},
      lastRestart: undefined,
      lastRemount: undefined,
      waiting: 0,
      generation: 1,
      reloads: {},
    };
    return statusView(statusOf(well), PLAIN);
  }

  #pods(): string {
    const rows = this.#known.pods().map((name) => {
      const count = this.#known.containers(name)?.length ?? 1;
      return this.#known.all("Pod").some((pod) => nameOf(pod) === name)
        ? `${name} 0/${count} Completed 0 20s`
        : `${name.replace("…", "x7k2p")} ${count}/${count} Running 0 40s`;
    });
    return ["NAME READY STATUS RESTARTS AGE", ...rows].map((row) => `${row}\n`).join("");
  }

  /** Runs the pod's own script, with a folder in the volume's place that has what the Dataset says. */
  async #logs(pod: YamlObject): Promise<string> {
    const spec = pod["spec"] as {
      readonly containers: readonly { readonly command: string[]; readonly args: string[] }[];
      readonly volumes: readonly {
        readonly persistentVolumeClaim: { readonly claimName: string };
      }[];
    };
    const claim = spec.volumes[0]?.persistentVolumeClaim.claimName;
    const dataset = this.#known.all("Dataset").find((object) => nameOf(object) === claim);
    if (dataset === undefined) throw new Error(`nothing applied has the claim ${claim}`);
    const volume = await Deno.makeTempDir();
    try {
      const { mounts } = dataset["spec"] as {
        readonly mounts: readonly { readonly path?: string }[];
      };
      for (const path of mounts.map((mount) => mount.path).filter((one) => one !== undefined)) {
        await Deno.mkdir(`${volume}/${path}`);
        // As real Curvine shows the folder of a mount.
        await Deno.chmod(`${volume}/${path}`, 0o777);
      }
      const { command = [], args = [] } = spec.containers[0] ?? {};
      const script = args.map((word) =>
        word.replaceAll("/data", (at, index, whole) =>
          // The first part is the mount point, all behind it the volume's own.
          whole.slice(0, index).endsWith("/data") ? at : volume)
      );
      return (await run([...command, ...script])).stdout;
    } finally {
      await Deno.remove(volume, { recursive: true });
    }
  }

  #find(reference: string): YamlObject {
    const [kind = "", name = ""] = reference.split("/");
    const found = this.#known.all(
      Object.values(RESOURCES).find(([one]) => one.toLowerCase() === kind)?.[0] ?? "",
    ).find((object) => nameOf(object) === name);
    if (found === undefined) throw new Error(`nothing applied has ${reference}`);
    return found;
  }
}

const PLAIN = styleFor(false, {});

const VERSION: string = JSON.parse(
  Deno.readTextFileSync(new URL("../../../deno.json", import.meta.url)),
).version;

/** `dataset.data.fluid.io`, `pod`: as kubectl names what it has done something with. */
function resourceOf(object: YamlObject): string {
  const group = String(object["apiVersion"]).split("/").slice(0, -1).join("");
  return String(object["kind"]).toLowerCase() + (group === "" ? "" : `.${group}`);
}
