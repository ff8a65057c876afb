/**
 * How long each look may take, in milliseconds. All probes run side by side, so that the longest of
 * them is what a whole examination takes: it has to be over within {@link WHOLE_MS}.
 */
export const LIMITS = {
  /** One probe, all that it does in turn: whatever it has not found by then is left out. */
  probe: 8_000,
  /** The name service, for one name. */
  resolve: 1_500,
  /** A TCP connection. */
  connect: 2_000,
  /** A master's answer to a question, once it has taken the connection. */
  answer: 2_000,
  /** A worker that the leader knows, or one more question to the leader: each half of it. */
  second: 1_000,
  /** A question to a master's web server. */
  web: 1_500,
  /** The Kubernetes API, for the labels of a DataLoad's pod. */
  labels: 1_500,
  /** A disposable child that asks a mount or a disk. */
  child: 3_000,
  /** The supervisor of this container. */
  supervisor: 3_000,
} as const satisfies Readonly<Record<string, number>>;

/** No examination takes longer, whatever hangs: a person waits. */
export const WHOLE_MS = 10_000;
