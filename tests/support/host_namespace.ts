import { eventually } from "./eventually.ts";

/**
 * A mount namespace that stands for the node: it ends when its standard input does.
 * @param shared the folder whose mounts it shares with namespaces made below it
 */
export async function startHost(shared: string): Promise<Deno.ChildProcess> {
  const text = `mount --bind "$1" "$1" && mount --make-shared "$1" && exec cat`;
  const host = new Deno.Command("unshare", {
    args: ["-m", "--propagation", "private", "sh", "-c", text, "sh", shared],
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  await eventually(
    "the host's namespace is there",
    () => Deno.readTextFileSync(`/proc/${host.pid}/comm`) === "cat\n",
  );
  return host;
}
