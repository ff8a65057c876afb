import assert from "node:assert/strict";
import { COMMANDS } from "../../../lib/cli/command_table.ts";
import {
  firstContainerRule,
  hookRules,
  POD_COMMANDS,
  ranRules,
  startRules,
} from "../../../lib/tools/check/command_rules.ts";
import { envRules, imageRule } from "../../../lib/tools/check/container_rules.ts";
import type { ShapeFinding } from "../../../lib/tools/check/shape.ts";

function said(findings: readonly ShapeFinding[]): string[] {
  return findings.map(({ place, message, hint }) =>
    `${place.join(".")} ${message}${hint === undefined ? "" : ` (${hint})`}`
  );
}

Deno.test("the commands that a pod may run are those of the table that are for people and pods", () => {
  const shown = COMMANDS.map(({ name }) => name);
  assert.deepEqual([...POD_COMMANDS].sort(), shown.sort());
});

Deno.test("the words that a container starts with are its component's, and ours", () => {
  const start = (component: string, command: string[], ...args: string[]): string[] =>
    said(startRules(component, command, args, ["args"]));
  const ours = ["/usr/local/bin/curvine-fluid"];
  for (
    const [component, command, args] of [
      ["worker", [], ["worker", "start"]],
      ["worker", ours, ["worker", "start"]],
      ["worker", [...ours, "run"], ["worker"]],
      ["worker", ours, []],
      ["client", ours, ["--log-level", "client"]],
      ["fluid-thin-runtime", ours, ["fluid-thin-runtime"]],
      ["worker", ["/bin/other"], ["master"]],
      ["worker", [], ["anything", "else"]],
      ["client", ours, ["janitor"]],
    ] as const
  ) assert.deepEqual(start(component, [...command], ...args), [], args.join(" "));
  assert.match(
    start("worker", [], "master", "start")[0] ?? "",
    /"master".* as worker \(write worker\)$/,
  );
  assert.match(start("worker", [], "wroker")[0] ?? "", /ends with 64.*\(write worker\)$/);
  assert.match(start("worker", [], "strat")[0] ?? "", /\(write worker, start\)$/);
  assert.match(start("worker", [], "worker", "strat")[0] ?? "", /\(write start\)$/);
  assert.match(start("worker", ours, "zzz")[0] ?? "", /"zzz".*\(write worker\)$/);
});

Deno.test("what Fluid and the kubelet run in our image is a command of ours", () => {
  const ran = (words: string[], wanted?: string): string[] =>
    said(ranRules(words, ["command"], wanted));
  for (
    const words of [[], ["/bin/true"], ["curvine-fluid", "health", "--live"], [
      "/entrypoint.sh",
      "worker",
      "health-check",
    ], ["curvine-fluid", "--version"]]
  ) assert.deepEqual(ran(words), [], words.join(" "));
  assert.match(ran(["curvine-fluid", "healh"])[0] ?? "", /"healh".*\(write health\)$/);
  assert.match(
    ran(["curvine-fluid mount-ufs"])[0] ?? "",
    /is one word.*\(write \["curvine-fluid", "mount-ufs"\]\)$/,
  );
  assert.match(
    ran(["curvine-fluid", "report-summary"], "mount-ufs")[0] ?? "",
    /mount-ufs is wanted/,
  );
  assert.match(ran(["curvine-fluid"], "mount-ufs")[0] ?? "", /says no command; mount-ufs/);
  assert.deepEqual(ran(["/mountUfs.sh"], "mount-ufs"), []);
  const container = {
    readinessProbe: { exec: { command: ["curvine-fluid", "heath"] } },
    lifecycle: { preStop: { exec: { command: ["curvine-fluid", "unmout"] } } },
  };
  assert.deepEqual(said(hookRules(container, ["c"])).map((one) => one.split(" ", 1)[0]), [
    "c.readinessProbe.exec.command",
    "c.lifecycle.preStop.exec.command",
  ]);
});

Deno.test("the container that gets the runtime config is the first", () => {
  const rule = (...containers: unknown[]): string[] =>
    said(firstContainerRule("worker", containers, ["containers"]));
  const worker = { name: "w", args: ["worker", "start"] };
  assert.deepEqual(rule(worker, { name: "side" }), []);
  assert.deepEqual(rule({ name: "side" }, { name: "other" }), []);
  assert.match(rule({ name: "side" }, worker)[0] ?? "", /^containers\.1 is the worker.*first/);
  assert.equal(rule({ name: "side" }, { name: "worker" }).length, 1);
});

Deno.test("an image has a name that Kubernetes takes", () => {
  const rule = (image: string): string[] => said(imageRule(image, ["image"]));
  for (
    const fine of [
      "",
      "curvine",
      "curvine:1.2-RC1",
      "Host.example.com:5000/a/b_c:x",
      "localhost/a",
      "a/b@sha256:0123456789abcdef",
      "a__b/c--d",
    ]
  ) assert.deepEqual(rule(fine), [], fine);
  assert.match(rule("Curvine:1")[0] ?? "", /\(write "curvine:1"\)$/);
  assert.match(rule("cur vine")[0] ?? "", /no name of an image$/);
  assert.match(rule("$(IMAGE)")[0] ?? "", /no name of an image$/);
});

Deno.test("a variable of the pod's fields names one that there is", () => {
  const rule = (fieldPath: string): string[] =>
    said(envRules({ env: [{ name: "A", valueFrom: { fieldRef: { fieldPath } } }] }, ["env"]));
  for (const fine of ["status.podIP", "metadata.labels['a/b']", "spec.nodeName"]) {
    assert.deepEqual(rule(fine), [], fine);
  }
  assert.match(
    rule("status.podIp")[0] ?? "",
    /^env\.0\.valueFrom\.fieldRef.*\(write status\.podIP\)$/,
  );
  assert.match(rule("metadata.nmae")[0] ?? "", /\(write metadata\.name\)$/);
  assert.equal(rule("metadata.labels").length, 1);
});
