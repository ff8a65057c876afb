import { inflateRawSync } from "node:zlib";

/** Signatures and sizes of ZIP's records; the fields' places are those of PKWARE's APPNOTE, 4.3. */
const END = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads one file out of a ZIP archive, which a Python wheel is as well.
 *
 * @param name the whole name, or its end after a slash
 * @throws {Error} when the archive is none, or has no such file
 */
export function zipEntry(archive: Uint8Array<ArrayBuffer>, name: string): Uint8Array<ArrayBuffer> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let at = archive.length - END.bytes;
  const least = Math.max(0, at - END.longestComment);
  while (at >= least && view.getUint32(at, true) !== END.signature) at--;
  if (at < least) throw new Error(`Cannot find "${name}": this is no ZIP archive`);
  let rest = view.getUint16(at + 10, true);
  at = view.getUint32(at + 16, true);
  for (; rest > 0 && view.getUint32(at, true) === CENTRAL.signature; rest--) {
    const nameBytes = view.getUint16(at + 28, true);
    const from = at + CENTRAL.bytes;
    const found = new TextDecoder().decode(archive.subarray(from, from + nameBytes));
    if (found === name || found.endsWith(`/${name}`)) {
      const local = view.getUint32(at + 42, true);
      const begin = local + LOCAL_BYTES + view.getUint16(local + 26, true) +
        view.getUint16(local + 28, true);
      const packed = archive.subarray(begin, begin + view.getUint32(at + 20, true));
      const method = view.getUint16(at + 10, true);
      if (method === STORED) return packed;
      if (method === DEFLATED) return new Uint8Array(inflateRawSync(packed));
      throw new Error(`Cannot unpack "${found}": method ${method} is not known`);
    }
    at = from + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  throw new Error(`Cannot find "${name}" in the archive`);
}
