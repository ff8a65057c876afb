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
  for (const path of SOURCES) {
    const copied = await new Deno.Command("cp", { args: ["-r", root + path, `${folder}/${path}`] })
      .output();
    if (!copied.success) throw new Error(new TextDecoder().decode(copied.stderr));
  }
  const output = `${folder}/made`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", ".ci/compile.ts", "--output", output, ...args],
    cwd: folder,
    env,
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return output;
}
