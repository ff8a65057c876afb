/**
 * A mount namespace, kept alive while this is open. The kernel gives the number of a namespace that
 * is gone to the next one, which may be anybody's: only of a pinned one may one say "this is ours".
 */
export class PinnedNamespace implements Disposable {
  /** As the link `/proc/<pid>/ns/mnt` shows it. */
  readonly name: string;
  readonly #file: Deno.FsFile;

  /** @throws when the process is gone or lives in our own namespace */
  constructor(pid: number) {
    this.#file = Deno.openSync(`/proc/${pid}/ns/mnt`);
    const { ino } = this.#file.statSync();
    this.name = `mnt:[${ino}]`;
    if (this.name === Deno.readLinkSync("/proc/self/ns/mnt")) {
      this.#file.close();
      throw new Error(`Process ${pid} has no mount namespace of its own`);
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
