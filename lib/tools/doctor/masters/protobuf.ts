/** A field's values in their order: whole numbers, or the bytes of a text or of a message. */
export type ProtobufFields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

/**
 * Reads a message of protobuf without its description: who reads it knows which fields it wants.
 * Fields that nobody knows are passed over, as protobuf means it.
 *
 * @throws {RangeError} where it is none
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const fields = readProtobuf(new Uint8Array([0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69]));
 * assert.deepEqual(fields.get(1), [150n]);
 * assert.deepEqual(fields.get(2), [new TextEncoder().encode("hi")]);
 * ```
 */
export function readProtobuf(bytes: Uint8Array): ProtobufFields {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new RangeError("no protobuf: a number has no end");
  };
  const take = (length: number): Uint8Array => {
    if (!(length >= 0 && at + length <= bytes.length)) {
      throw new RangeError("no protobuf: a field is longer than the message");
    }
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const value = valueOf(key & 7, varint, take);
    const number = key >> 3;
    const values = fields.get(number) ?? [];
    if (value !== undefined) values.push(value);
    fields.set(number, values);
  }
  return fields;
}

/** @returns `undefined` for what nobody here wants: numbers of a fixed width */
function valueOf(
  wire: number,
  varint: () => bigint,
  take: (length: number) => Uint8Array,
): bigint | Uint8Array | undefined {
  switch (wire) {
    case 0:
      return varint();
    case 1:
      return void take(8);
    case 2:
      return take(Number(varint()));
    case 5:
      return void take(4);
    default:
      throw new RangeError(`no protobuf: a field is of kind ${wire}`);
  }
}

/** A whole number, 0 where the field is not there. */
export function numberOf(fields: ProtobufFields, field: number): number {
  const value = fields.get(field)?.at(-1);
  return typeof value === "bigint" ? Number(value) : 0;
}

/** A text, empty where the field is not there. */
export function textOf(fields: ProtobufFields, field: number): string {
  const value = fields.get(field)?.at(-1);
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : "";
}

/** The messages that a field holds. @throws {RangeError} where it holds something else */
export function messagesOf(fields: ProtobufFields, field: number): ProtobufFields[] {
  return (fields.get(field) ?? []).filter((value) => value instanceof Uint8Array)
    .map(readProtobuf);
}
