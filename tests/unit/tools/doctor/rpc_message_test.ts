import assert from "node:assert/strict";
import fc from "../../../support/fast_check.ts";
import { readClusterSeen, readMountsSeen } from "../../../../lib/tools/doctor/masters/answers.ts";
import { numberOf, readProtobuf, textOf } from "../../../../lib/tools/doctor/masters/protobuf.ts";
import {
  decodeAnswer,
  encodeQuestion,
  NOT_LEADER,
  QUESTIONS,
} from "../../../../lib/tools/doctor/masters/rpc_message.ts";
import {
  clusterMessage,
  field,
  join,
  mountsMessage,
  rpcAnswer,
} from "../../../support/stand_in_masters.ts";

const CODE = QUESTIONS.filesystemInfo;

Deno.test("a question is what Curvine's clients send: length, no head, code, request, id, one message", () => {
  assert.deepEqual([...encodeQuestion(14, 258n)], [
    ...[0, 0, 0, 18],
    ...[0, 0, 0, 0],
    14,
    0xf1,
    ...[0, 0, 0, 0, 0, 0, 1, 2],
    ...[0xff, 0xff, 0xff, 0xff],
  ]);
});

Deno.test("an answer is read however it comes in pieces", () => {
  const message = clusterMessage({ workers: { live: ["10.0.0.1:8997"] } });
  const answer = rpcAnswer(encodeQuestion(CODE, 7n), message);
  for (let length = 0; length < answer.length; length++) {
    assert.equal(
      decodeAnswer(answer.subarray(0, length), CODE, 7n).kind,
      "incomplete",
      `${length}`,
    );
  }
  const whole = decodeAnswer(answer, CODE, 7n);
  assert(whole.kind === "success");
  assert.deepEqual([...whole.message], [...message]);
});

Deno.test("an error comes with its number and text", () => {
  const error = { code: NOT_LEADER, text: "nicht der Führer" };
  const answer = rpcAnswer(encodeQuestion(CODE, 1n), new Uint8Array(), error);
  assert.deepEqual(decodeAnswer(answer, CODE, 1n), { kind: "error", ...error });
});

Deno.test("an answer to another question, or another program's words, is none", () => {
  const answer = rpcAnswer(encodeQuestion(CODE, 1n), new Uint8Array());
  assert.equal(decodeAnswer(answer, CODE, 2n).kind, "garbage");
  assert.equal(decodeAnswer(answer, QUESTIONS.mountTable, 1n).kind, "garbage");
  const unanswered = encodeQuestion(CODE, 1n);
  assert.equal(decodeAnswer(unanswered, CODE, 1n).kind, "garbage");
  for (
    const text of [
      "HTTP/1.1 400 Bad Request\r\n\r\n",
      "220 mail.example.com ESMTP\r\n",
      "\0\0\0\x01ab",
    ]
  ) {
    assert.equal(decodeAnswer(new TextEncoder().encode(text), CODE, 1n).kind, "garbage", text);
  }
});

Deno.test("no bytes make reading an answer throw anything but what it says", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    decodeAnswer(bytes, CODE, 1n);
    for (const read of [readProtobuf, readClusterSeen, readMountsSeen]) {
      try {
        read(bytes);
      } catch (error) {
        assert(error instanceof RangeError, String(error));
      }
    }
  }));
});

Deno.test("protobuf: numbers of every size, texts, and what nobody knows is passed over", () => {
  fc.assert(
    fc.property(fc.nat(), fc.string({ unit: "grapheme" }), fc.nat(), (small, text, other) => {
      const large = small * 1024 ** 2;
      const fixed = new Uint8Array([0x99, 6, 1, 2, 3, 4, 5, 6, 7, 8]);
      const message = join([
        field(1, other),
        fixed,
        field(300, text),
        field(2, large),
        field(1, small),
      ]);
      const fields = readProtobuf(message);
      assert.equal(numberOf(fields, 1), small, "the last one counts");
      assert.equal(numberOf(fields, 2), large);
      assert.equal(textOf(fields, 300), text);
      assert.equal(numberOf(fields, 4), 0);
      assert.equal(textOf(fields, 2), "", "a number is no text");
    }),
  );
});

Deno.test("the cluster is read with its workers by state", () => {
  const workers = { live: ["w0:8997", "w1:7000"], blacklisted: ["w2:8997"], lost: ["w3:8997"] };
  const seen = readClusterSeen(clusterMessage({ workers, capacity: 3 * 1024 ** 4 }));
  assert.equal(seen.capacity, 3 * 1024 ** 4);
  assert.equal(seen.available, 1.5 * 1024 ** 4);
  assert.deepEqual(seen.live[1], { hostname: "w1", address: "w1", rpcPort: 7000 });
  const hostnames = [seen.live, seen.blacklisted, seen.lost].map((all) =>
    all.map((one) => one.hostname)
  );
  assert.deepEqual(hostnames, [["w0", "w1"], ["w2"], ["w3"]]);
});

Deno.test("of the mount table nothing but paths is kept: it holds credentials", () => {
  const message = mountsMessage({ mounts: { "/data": "s3://bucket/data", "/b": "oss://b" } });
  assert.deepEqual(readMountsSeen(message), [
    { path: "/data", ufs: "s3://bucket/data" },
    { path: "/b", ufs: "oss://b" },
  ]);
});
