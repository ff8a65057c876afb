/** The page that findings lead to, from the repository's root. */
export const TROUBLESHOOTING = "docs/troubleshooting.md";

/** Where its folder can be read. */
export const DOCS_FOLDER = "https://github.com/CurvineIO/curvine-fluid/tree/main/docs";

/** The anchors of the page's headings, by a word for each. A test holds them to the page. */
export const ANCHORS = {
  mode: "the-wrong-mode-or-the-wrong-component",
  masters: "the-master-cannot-be-reached",
  workers: "no-worker-is-alive",
  clock: "the-clocks-differ",
  mounts: "curvine-lacks-a-mount-of-the-dataset",
  ports: "a-port-is-taken",
  mount: "fuse-is-not-mounted",
  config: "the-configuration-is-wrong",
  stale: "a-stale-mount",
  neighbour: "another-client-serves-the-target",
  unshared: "nobody-outside-sees-the-mount",
  restarts: "a-loop-of-restarts",
  volume: "the-clients-container-cannot-be-created",
  dataLoad: "dataload-fails",
  hang: "the-mount-does-not-answer",
  container: "what-the-container-lacks",
  room: "no-room-in-memory-or-on-disk",
} as const satisfies Readonly<Record<string, string>>;

/** A heading of the page. */
export type Page = keyof typeof ANCHORS;

/** The link to a heading, from the repository's root. */
export function linkTo(page: Page): string {
  return `${TROUBLESHOOTING}#${ANCHORS[page]}`;
}
