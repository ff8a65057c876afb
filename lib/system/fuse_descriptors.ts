/** A descriptor of `/dev/fuse` in some process. */
export interface FuseDescriptor {
  readonly number: number;
  /**
   * The minor of its connection's device; `undefined` where the kernel does not tell (fdinfo has
   * `fuse_connection` in newer kernels only) or the descriptor serves no mount.
   */
  readonly minor: string | undefined;
}

/**
 * The descriptors of `/dev/fuse` that a process has open, in their order. Reads links and fdinfo
 * only, never what they point to.
 *
 * @returns none for a process that has ended; `undefined` for one that is not ours to see
 */
export function fuseDescriptors(pid: number): FuseDescriptor[] | undefined {
  const found: FuseDescriptor[] = [];
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      if (!isFuse(`/proc/${pid}/fd/${name}`)) continue;
      found.push({ number: Number(name), minor: connectionOf(`/proc/${pid}/fdinfo/${name}`) });
    }
  } catch (error) {
    if (isForbidden(error)) return undefined;
    // It has ended.
  }
  return found.sort((one, other) => one.number - other.number);
}

function isForbidden(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable;
}

/** `/dev/fuse`, wherever the process's own `/dev` is. */
function isFuse(link: string): boolean {
  try {
    return Deno.readLinkSync(link).endsWith("/dev/fuse");
  } catch (error) {
    // The numbers anybody may list, but not where they lead.
    if (isForbidden(error)) throw error;
    // It was just closed.
    return false;
  }
}

function connectionOf(fdinfo: string): string | undefined {
  try {
    return /^fuse_connection:\s*(\d+)$/m.exec(Deno.readTextFileSync(fdinfo))?.[1];
  } catch {
    return undefined;
  }
}
