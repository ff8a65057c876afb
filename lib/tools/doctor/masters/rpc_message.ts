/** What a master can be asked without changing anything. Curvine: RPC messages. */
export const QUESTIONS = { filesystemInfo: 14, mountTable: 33 } as const;

/** What came back. */
export type RpcAnswer =
  /** The answer's message, as protobuf writes it. */
  | { readonly kind: "success"; readonly message: Uint8Array }
  /** @property code Curvine's number of the error; 2 is "not the leader" */
  | { readonly kind: "error"; readonly code: number; readonly text: string }
  /** It is no answer of Curvine's, or more is still to come. */
  | { readonly kind: "garbage" }
  | { readonly kind: "incomplete" };

/** Curvine: RPC messages. */
export const NOT_LEADER = 2;

/** The fixed part of every message, and how much of it the length does not count. */
const FIXED = 22;
const LENGTH = 4;
/** Curvine itself takes no more. */
const MOST_BYTES = 16 * 1024 * 1024;

/** "A request, not answered yet": one half of the byte for each. */
const REQUEST = 0xf1;
const ANSWERED_WELL = 0x01;
const ANSWERED_WITH_ERROR = 0x11;
const ONLY_MESSAGE = -1;

/** A question that takes no arguments. @param id comes back with the answer */
export function encodeQuestion(code: number, id: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FIXED);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, FIXED - LENGTH);
  view.setInt32(4, 0);
  view.setInt8(8, code);
  view.setUint8(9, REQUEST);
  view.setBigInt64(10, id);
  view.setInt32(18, ONLY_MESSAGE);
  return bytes;
}

/** Reads what came back so far. @param id the question's own */
export function decodeAnswer(bytes: Uint8Array, code: number, id: bigint): RpcAnswer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= LENGTH) {
    const length = view.getInt32(0);
    if (length < FIXED - LENGTH || length > MOST_BYTES) return { kind: "garbage" };
  }
  if (bytes.length < FIXED) return { kind: "incomplete" };
  const end = LENGTH + view.getInt32(0);
  const head = view.getInt32(4);
  const isOurs = view.getInt8(8) === code && view.getBigInt64(10) === id;
  if (!isOurs || head < 0 || FIXED + head > end) return { kind: "garbage" };
  if (bytes.length < end) return { kind: "incomplete" };
  const message = bytes.subarray(FIXED, FIXED + head);
  switch (view.getUint8(9)) {
    case ANSWERED_WELL:
      return { kind: "success", message };
    case ANSWERED_WITH_ERROR:
      return decodeError(bytes.subarray(FIXED + head, end));
    default:
      return { kind: "garbage" };
  }
}

/** Number, length, text; what follows is not for us. */
function decodeError(bytes: Uint8Array): RpcAnswer {
  if (bytes.length < 8) return { kind: "garbage" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = bytes.subarray(8, 8 + view.getUint32(4));
  return { kind: "error", code: view.getInt32(0), text: new TextDecoder().decode(text) };
}
