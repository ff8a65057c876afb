import assert from "node:assert/strict";
import { crc32, deflateRawSync } from "node:zlib";
import { zipEntry } from "../../../.ci/compile/zip_entry.ts";

interface Member {
  readonly name: string;
  readonly content: string;
  readonly method?: 0 | 8 | 12;
}

/** An archive as zip tools write it. PKWARE's APPNOTE describes it in 4.3. */
function zip(members: readonly Member[], comment = ""): Uint8Array<ArrayBuffer> {
  const parts: number[] = [];
  const central: number[] = [];
  const encode = (text: string): number[] => [...new TextEncoder().encode(text)];
  const u16 = (value: number): number[] => [value & 255, value >> 8 & 255];
  const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
  for (const { name, content, method = 8 } of members) {
    const bytes = new Uint8Array(encode(content));
    const packed = method === 8 ? [...deflateRawSync(bytes)] : [...bytes];
    const title = encode(name);
    const common = [
      ...[...u16(20), ...u16(0), ...u16(method), ...u32(0), ...u32(crc32(bytes))],
      ...[...u32(packed.length), ...u32(bytes.length), ...u16(title.length)],
    ];
    const at = parts.length;
    parts.push(...u32(0x04034b50), ...common, ...u16(3), ...title, ...[7, 7, 7], ...packed);
    central.push(
      ...[...u32(0x02014b50), ...u16(20), ...common, ...u16(2), ...u16(1), ...u16(0), ...u16(0)],
      ...[...u32(0), ...u32(at), ...title, ...[9, 9], ...encode("!")],
    );
  }
  const count = [...u16(members.length), ...u16(members.length)];
  const end = [...u32(0x06054b50), ...u32(0), ...count, ...u32(central.length)];
  const text = encode(comment);
  return new Uint8Array(
    [...parts, ...central, ...end, ...u32(parts.length), ...u16(text.length), ...text],
  );
}

const read = (archive: Uint8Array<ArrayBuffer>, name: string): string =>
  new TextDecoder().decode(zipEntry(archive, name));

Deno.test("a file is found by its whole name or by its end, packed or stored", () => {
  const archive = zip([
    { name: "a.data/scripts/not-denort", content: "other" },
    { name: "a.data/scripts/denort", content: "packed ".repeat(50) },
    { name: "plain", content: "stored", method: 0 },
  ]);
  assert.equal(read(archive, "denort"), "packed ".repeat(50));
  assert.equal(read(archive, "plain"), "stored");
  assert.equal(read(archive, "a.data/scripts/not-denort"), "other");
});

Deno.test("a comment behind the archive does no harm", () => {
  assert.equal(read(zip([{ name: "denort", content: "x" }], "made by hand"), "denort"), "x");
});

Deno.test("a missing file, an unknown method and what is no archive are refused by name", () => {
  const archive = zip([{ name: "other", content: "x" }, { name: "odd", content: "x", method: 12 }]);
  assert.throws(() => zipEntry(archive, "denort"), /Cannot find "denort" in the archive/);
  assert.throws(() => zipEntry(archive, "odd"), /"odd": method 12/);
  const page = new TextEncoder().encode("<html>not found</html>");
  assert.throws(() => zipEntry(page, "denort"), /no ZIP archive/);
  assert.throws(() => zipEntry(new Uint8Array(3), "denort"), /no ZIP archive/);
});
