import { run } from "./run.ts";

/** What the build reads of the repository. */
const SOURCES = ["main.ts", "lib", "deno.json", "deno.lock", ".ci/compile.ts", ".ci/compile"];
const root = new URL("../..", import.meta.url).pathname;

/**
 * Compiles a copy of the sources in another folder.
 *
 * @param folder an absolute path that does not exist yet
 * @param env laid over what the build needs
 * @param args words for the build
 * @returns the executable's path
 * @throws {Error} with what the build said, when it fails
 */
export async function buildElsewhere(
  folder: string,
  { env = {}, args = [] }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
  } = {},
): Promise<string> {
  await Deno.mkdir(`${folder}/.ci`, { recursive: true });
  for (const path of SOURCES) await run(["cp", "-r", root + path, `${folder}/${path}`]);
  const output = `${folder}/made`;
  const command = [Deno.execPath(), "run", "--allow-all", ".ci/compile.ts", "--output", output];
  await run([...command, ...args], { cwd: folder, env });
  return output;
}
