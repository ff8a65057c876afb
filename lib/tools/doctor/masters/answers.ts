import { messagesOf, numberOf, type ProtobufFields, readProtobuf, textOf } from "./protobuf.ts";

/** A worker, as the leading master knows it. */
export interface WorkerSeen {
  readonly hostname: string;
  /** As the worker said it. */
  readonly address: string;
  readonly rpcPort: number;
}

/** What the leading master knows of the cluster. Sizes are bytes. */
export interface ClusterSeen {
  readonly capacity: number;
  readonly available: number;
  readonly live: readonly WorkerSeen[];
  /** They are not given new blocks. */
  readonly blacklisted: readonly WorkerSeen[];
  readonly lost: readonly WorkerSeen[];
}

/** One mount of Curvine's, as far as anybody here asks: never its properties. */
export interface MountSeen {
  /** The path inside Curvine. */
  readonly path: string;
  readonly ufs: string;
}

/**
 * Reads the answer to `QUESTIONS.filesystemInfo`. Curvine: RPC messages.
 *
 * @throws {RangeError} where it is none
 */
export function readClusterSeen(message: Uint8Array): ClusterSeen {
  const fields = readProtobuf(message);
  return {
    capacity: numberOf(fields, 6),
    available: numberOf(fields, 7),
    live: messagesOf(fields, 11).map(workerSeen),
    blacklisted: messagesOf(fields, 12).map(workerSeen),
    lost: messagesOf(fields, 14).map(workerSeen),
  };
}

/**
 * Reads the answer to `QUESTIONS.mountTable`. Its properties, which hold credentials,
 * are left where they are.
 *
 * @throws {RangeError} where it is none
 */
export function readMountsSeen(message: Uint8Array): MountSeen[] {
  return messagesOf(readProtobuf(message), 1).map((fields) => ({
    path: textOf(fields, 1),
    ufs: textOf(fields, 2),
  }));
}

function workerSeen(fields: ProtobufFields): WorkerSeen {
  const [address] = messagesOf(fields, 1);
  return {
    hostname: address === undefined ? "" : textOf(address, 2),
    address: address === undefined ? "" : textOf(address, 3),
    rpcPort: address === undefined ? 0 : numberOf(address, 4),
  };
}
