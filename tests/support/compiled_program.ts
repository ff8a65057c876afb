const TEMPORARY = Deno.env.get("TMPDIR") ?? "/tmp";

/**
 * The program of a C file of tests/support. Test files run in workers of their own: whoever comes
 * first compiles, the text's hash in its name tells the others that it is what they want.
 *
 * @param name without its ending, such as `standin/raw_fuse`
 * @returns its path
 */
export async function compiledProgram(name: string): Promise<string> {
  const source = new URL(`./${name}.c`, import.meta.url).pathname;
  const hash = await crypto.subtle.digest("SHA-256", Deno.readFileSync(source));
  const base = name.slice(name.lastIndexOf("/") + 1);
  const program = `${TEMPORARY}/curvine-fluid-${base}-${new Uint8Array(hash).toHex()}`;
  try {
    Deno.statSync(program);
    return program;
  } catch {
    // It is not there yet.
  }
  const made = Deno.makeTempFileSync({ dir: TEMPORARY });
  const args = ["-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-result", "-o", made, source];
  const { success, stderr } = await new Deno.Command("gcc", { args }).output();
  if (!success) throw new Error(`${name}.c: ${new TextDecoder().decode(stderr)}`);
  Deno.renameSync(made, program);
  return program;
}
