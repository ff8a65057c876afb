/**
 * A short number for a text, as eight hexadecimal digits: FNV-1a of its UTF-8 bytes, 32 bits. For
 * names of files and folders, never for secrets.
 */
export function fnvHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
