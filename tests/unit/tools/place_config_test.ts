import assert from "node:assert/strict";
import { envFileText, placeConfig } from "../../../lib/tools/simulate/place_config.ts";
import { simulationPaths } from "../../../lib/tools/simulate/relocate.ts";
import { fakeHost } from "../../support/fake_host.ts";

const PATHS = simulationPaths("/r");

function place(named: string | undefined, files: Record<string, string>): {
  placed: string | undefined;
  text: string | undefined;
} {
  const host = fakeHost({ files });
  const env: Record<string, string> = named === undefined
    ? {}
    : { FLUID_RUNTIME_CONFIG_PATH: named };
  const placed = placeConfig(env, ["weak/a.env", "strong/b.env"], PATHS, host);
  return { placed, text: placed === undefined ? undefined : host.files.get(placed) };
}

Deno.test("a runtime config is found beside the strongest env file that has it, and moved", () => {
  const file = '{"targetPath":"/t"}';
  const wanted = { placed: "/r/etc/fluid/config/c.json", text: '{"targetPath":"/r/t"}' };
  assert.deepEqual(place("c.json", { "weak/c.json": file }), wanted);
  const both = { "weak/c.json": '{"targetPath":"/weak"}', "strong/c.json": file };
  assert.deepEqual(place("c.json", both), wanted);
  assert.deepEqual(place("/home/me/c.json", { "/home/me/c.json": file }), wanted);
});

Deno.test("what is not named, or not there, is no runtime config", () => {
  assert.equal(place(undefined, {}).placed, undefined);
  assert.equal(place("", {}).placed, undefined);
  assert.equal(place("c.json", { "c.json": "{}" }).placed, undefined);
});

Deno.test("a path below /etc/fluid is the container's: the machine's own file does not count", () => {
  const path = "/etc/fluid/config/runtime.json";
  assert.equal(place(path, { [path]: "{}" }).placed, undefined);
  assert.equal(place(path, { [`/r${path}`]: "{}" }).placed, `/r${path}`);
});

Deno.test("an env file that is not there, or cannot be read, is an error that names it", () => {
  assert.equal(envFileText("a.env", fakeHost({ files: { "a.env": "A=1" } })), "A=1");
  assert.throws(() => envFileText("b.env", fakeHost()), /"b\.env": there is no such file/);
  const host = {
    ...fakeHost({ files: { "loop.env": "" } }),
    readFile: (): never => {
      throw new Error("Too many levels of symbolic links");
    },
  };
  assert.throws(
    () => envFileText("loop.env", host),
    { name: "CommandError", exitCode: 66, message: /"loop\.env": it cannot be read: Too many/ },
  );
});

Deno.test("an env file with lines that set nothing, or that is no text, is an error with its lines", () => {
  const read = (content: string | Uint8Array): string =>
    envFileText("a.env", {
      ...fakeHost(),
      readFile: () => typeof content === "string" ? new TextEncoder().encode(content) : content,
    });
  const fine = "\ufeff# all\n\nA=1 # one\nexport B='two\nlines'\r\n  C = \"x=y\"\n";
  assert.equal(read(fine), fine.slice(1));
  assert.throws(
    () => read("A=1\nFLUID_RUNTIME_TYPE thin\n# fine\nexport B\nC=2"),
    /"a\.env": line 2, 4 is neither NAME=VALUE nor a # comment/,
  );
  const many = Array.from({ length: 12 }, () => "x").join("\n");
  assert.throws(() => read(many), /line 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … is neither/);
  assert.throws(() => read(new Uint8Array([0x41, 0x3d, 0xff])), /"a\.env": it is no UTF-8 text/);
});
