import { readSmall } from "./read_small.ts";

let groups: readonly string[] | undefined;

/**
 * A value of our own control group; `undefined` where there is none, or no limit.
 *
 * @param second the file's name in version 2
 * @param first the controller and the file's name in version 1
 */
export function groupValue(
  second: string,
  first: readonly [controller: "memory" | "pids", name: string],
): number | undefined {
  for (const text of groupTexts(second, first)) {
    const value = Number.parseInt(text, 10);
    if (value >= 0) return value;
  }
  return undefined;
}

/** The texts of a file of our own control group, wherever it is; see {@link groupValue}. */
export function* groupTexts(
  second: string,
  [controller, name]: readonly [controller: "memory" | "pids", name: string],
): Generator<string> {
  groups ??= readSmall("/proc/self/cgroup")?.split("\n") ?? [];
  const [unified, first] = [groupOf("", groups), groupOf(controller, groups)];
  const paths = [
    `/sys/fs/cgroup${unified}/${second}`,
    // In a namespace of its own a container's group is the root of what is mounted.
    `/sys/fs/cgroup/${second}`,
    `/sys/fs/cgroup/${controller}${first}/${name}`,
    `/sys/fs/cgroup/${controller}/${name}`,
  ];
  for (const path of new Set(paths)) {
    const text = readSmall(path);
    if (text !== undefined) yield text;
  }
}

/** The path of our group: version 2's has no controller. */
function groupOf(controller: string, lines: readonly string[]): string {
  const line = lines.map((one) => one.split(":"))
    .find(([, names]) => names?.split(",").includes(controller));
  return line === undefined ? "" : line.slice(2).join(":").replace(/\/$/, "");
}
