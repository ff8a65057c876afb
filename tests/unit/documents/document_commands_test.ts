import assert from "node:assert/strict";
import { COMMANDS } from "../../../lib/cli/command_table.ts";
import { reasonOf } from "../../../lib/text/describe_error.ts";
import { VARIABLES } from "../../../lib/tools/explain/variables.ts";
import { exists } from "../../support/exists.ts";
import {
  commandSpans,
  documentPaths,
  isShown,
  readDocument,
  shellBlocks,
  shownFaults,
} from "./document_commands.ts";
import { judge } from "./judge.ts";
import { KnownObjects } from "./known_objects.ts";
import { KUBECTL } from "./kubectl_rules.ts";
import { shellCommands } from "./shell_line.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

const MANIFESTS = ["cache-runtime", "data-load", "thin-runtime", "test-pod"];

function known(): Promise<KnownObjects> {
  return KnownObjects.of(MANIFESTS.map((name) => `${ROOT}manifests/${name}`));
}

Deno.test("every line of every shell block of the documents is held to what is there", async () => {
  const objects = await known();
  const variables = new Set(VARIABLES.flatMap(({ names }) => names));
  const found: string[] = [];
  let count = 0;
  for (const path of documentPaths()) {
    for (const { line, commands } of shellBlocks(path, readDocument(path))) {
      for (const command of commands) {
        count++;
        const unread = Object.keys(command.env).find((name) => !variables.has(name));
        const problem = unread === undefined
          ? problemOf(command.words, objects)
          : `nobody reads ${unread}`;
        if (problem !== undefined) {
          found.push(`${path}:${line + 1 + command.line}: ${command.words.join(" ")}: ${problem}`);
        }
      }
    }
  }
  assert.deepEqual(found, []);
  assert(count > 80, `found only ${count} commands`);
});

Deno.test("every command line in a sentence or a table of the documents is one that is understood", async () => {
  const objects = await known();
  const found: string[] = [];
  let count = 0;
  for (const path of documentPaths()) {
    for (const { line, text } of commandSpans(readDocument(path))) {
      for (const words of alternatives(text)) {
        count++;
        const problem = problemOf(words, objects);
        if (problem !== undefined) found.push(`${path}:${line}: ${text}: ${problem}`);
      }
    }
  }
  assert.deepEqual(found, []);
  assert(count > 60, `found only ${count} commands`);
});

Deno.test("the examples of the help are command lines of ours", async () => {
  const objects = await known();
  for (const [line] of COMMANDS.flatMap(({ examples }) => examples)) {
    const commands = shellCommands(line);
    assert(commands.some(({ words }) => words.includes("curvine-fluid")), line);
    for (const { words } of commands) assert.equal(problemOf(words, objects), undefined, line);
  }
});

Deno.test("what would not work where a reader runs it is named", async () => {
  const objects = await known();
  const refused: Record<string, RegExp> = {
    "curl https://example.com": /no test knows the program "curl"/,
    "curvine-fluid chekc runtime.json": /"chekc"/,
    "curvine-fluid check --shwo runtime.json": /there is no flag "--shwo"; did you mean "--show"/,
    "curvine-fluid render --format yaml": /"yaml"; one of/,
    "curvine-fluid check manifests/thin/profile.yaml": /not "manifests\/thin\/profile.yaml"/,
    "curvine-fluid check manifests/local/*.yaml": /not "manifests\/local\/\*.yaml"/,
    "curvine-fluid simulate --env-file manifests/local/none.env": /none.env/,
    "curvine-fluid run master begin": /an action, not "begin"/,
    "npx -y deno@1.0.0 task test": /deno@/,
    "npx -y deno@2.9.6 task tset": /not "tset"/,
    "deno task mutants --cuont 3": /not --cuont/,
    "docker buildx build -t x ..": /Dockerfile/,
    "helm upgrade fluid fluid/fluid --set runtime.cahce.enabled=true": /runtime.cahce.enabled/,
    "kubectl aply -k manifests/cache-runtime": /kubectl {2}|in no document/,
    "kubectl apply -k manifests/cache": /a kustomization, not "manifests\/cache"/,
    "kubectl delete dataset curvine-dmeo": /not "dataset\/curvine-dmeo"/,
    "kubectl delete dtaaset curvine-demo": /not "dtaaset"/,
    "kubectl get pods --selctor x": /--selctor/,
    "kubectl patch dataset curvine-demo -p {": /JSON/,
    "kubectl logs curvine-tset": /curvine-tset/,
    "kubectl exec curvine-demo-master-1 -- curvine-fluid status": /a pod of the manifests/,
    "kubectl exec daemonset/curvine-demo-client -c fuse -- curvine-fluid status": /client,janitor/,
    "kubectl exec POD -- bash": /a program of the image/,
    "kubectl exec POD -- curvine-fluid staus": /"staus"/,
    "kubectl set image daemonset/curvine-demo-client fuse=image:1": /containers of/,
    "kubectl rollout status deployment/cacheruntime-controller": /-n fluid-system/,
    "sed -i s/a/b/ manifests/none.yaml": /none.yaml/,
    "mkdir /etc/x": /mkdir -p/,
  };
  for (const [line, reason] of Object.entries(refused)) {
    assert.match(problemOf(line.split(" "), objects) ?? "nothing", reason, line);
  }
});

Deno.test("kubectl has every verb and flag of the tables, where there is one", {
  ignore: !hasKubectl(),
}, async () => {
  for (const [verb, flags] of Object.entries(KUBECTL)) {
    const { stdout } = await new Deno.Command("kubectl", { args: [...verb.split(" "), "--help"] })
      .output();
    const help = new TextDecoder().decode(stdout);
    assert.match(help, new RegExp(`kubectl ${verb} `));
    for (const flag of Object.keys(flags)) {
      assert.match(help, new RegExp(`(^|[ ,])${flag}[=,]`, "m"));
    }
  }
});

Deno.test("a shell line is read as a shell reads it, and what is more than that is refused", () => {
  const read = (text: string): unknown =>
    shellCommands(text).map(({ words, into }) => [words, into]);
  assert.deepEqual(read("a  b # c\n# d\n\ne"), [[["a", "b"], undefined], [["e"], undefined]]);
  assert.deepEqual(read("a \\\n  b"), [[["a", "b"], undefined]]);
  assert.deepEqual(read("a 'b c' \"d$(e f)\"g#h"), [[["a", "b c", "d$(e f)g#h"], undefined]]);
  assert.deepEqual(read("a b > ~/c"), [[["a", "b"], "~/c"]]);
  assert.deepEqual(read("a | b"), [[["a"], undefined], [["b"], undefined]]);
  assert.deepEqual(read("a <(b c)"), [[["b", "c"], undefined], [["a", "/dev/fd/63"], undefined]]);
  assert.deepEqual(shellCommands("X=1 a\nb")[0], { words: ["a"], env: { X: "1" }, line: 0 });
  assert.equal(shellCommands("a\n\nb")[1]?.line, 2);
  for (const text of ["a; b", "a && b", "a `b`", "a $B", "a < b", "a 'b"]) {
    assert.throws(() => shellCommands(text), /Cannot read/, text);
  }
});

Deno.test("a text is shown by a text with … for what may differ, and by no other", () => {
  const actual = "one 1\ntwo   2\nthree 3\n";
  for (
    const shown of ["…", "one 1\n…", "one …\ntwo …\nthree …", "…\nthree 3", "one 1\n…\ntwo 2\n…"]
  ) {
    assert(isShown(shown, actual), shown);
  }
  for (const shown of ["one 1", "…\ntwo 2", "two 2\n…", "one …\nthree 3", "one 1\n…\nfour …"]) {
    assert(!isShown(shown, actual), shown);
  }
});

Deno.test("a block of text belongs to the commands before it, one of a mistake to none", () => {
  const fence = "```";
  const page = `${fence}sh\na\n${fence}\n\nThen\n\n${fence}text\nb\n${fence}\n\n` +
    `${fence}text\nCannot c\n${fence}\n\n${fence}sh\nd\n${fence}\n`;
  assert.deepEqual(shellBlocks("p", page).map(({ line, shown }) => [line, shown]), [
    [1, "b"],
    [15, undefined],
  ]);
  assert.deepEqual(shownFaults(page), ["Cannot c"]);
  assert.deepEqual(commandSpans("Run `kubectl get pods` or `curvine-fluid`."), [
    { line: 1, text: "kubectl get pods" },
  ]);
});

/** Every way to read `--ready|--live` and `check FILE…` in a sentence. */
function alternatives(text: string): string[][] {
  return text.split(" ").reduce<string[][]>(
    (lines, word) =>
      word.split("|").flatMap((one) => lines.map((line) => one === "" ? line : [...line, one])),
    [[]],
  );
}

function problemOf(words: readonly string[], objects: KnownObjects): string | undefined {
  try {
    judge(words, objects);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function hasKubectl(): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => exists(`${folder}/kubectl`));
}
