/**
 * A folder that changes as kubelet changes a mounted ConfigMap: the files lie in a folder of their
 * own, `..data` leads to it, and a change swaps that link by a rename.
 */
export class KubeletFolder {
  #generation = 0;

  constructor(readonly path: string, readonly file: string, text: string) {
    Deno.mkdirSync(path, { recursive: true });
    this.write(text);
    Deno.symlinkSync(`..data/${file}`, `${path}/${file}`);
  }

  /** A new version of the file, swapped in whole; the old version's folder goes. */
  write(text: string): void {
    const name = this.stage();
    Deno.writeTextFileSync(`${this.path}/${name}/${this.file}`, text);
    this.swap(name);
  }

  /** A folder for a next version, not yet in force. @returns its name. */
  stage(): string {
    const name = `..2026_11_23_${++this.#generation}`;
    Deno.mkdirSync(`${this.path}/${name}`);
    return name;
  }

  /** Puts a staged version in force. @param name what `stage` gave, or a folder that is not there */
  swap(name: string): void {
    const old = this.current();
    Deno.symlinkSync(name, `${this.path}/..data_tmp`);
    Deno.renameSync(`${this.path}/..data_tmp`, `${this.path}/..data`);
    if (old !== undefined && old !== name) {
      try {
        Deno.removeSync(`${this.path}/${old}`, { recursive: true });
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  /** The name of the version in force, where there is one. */
  current(): string | undefined {
    try {
      return Deno.readLinkSync(`${this.path}/..data`);
    } catch {
      return undefined;
    }
  }
}
