import { reasonOf } from "../text/describe_error.ts";
/**
 * Whether something listens at an address and takes a connection within the limit.
 *
 * @returns `undefined` when it does, else why not
 */
export async function connectTcp(
  hostname: string,
  port: number,
  limitMs: number,
): Promise<string | undefined> {
  const attempt = Deno.connect({ hostname, port }).then(
    (connection) => {
      connection.close();
      return undefined;
    },
    reasonOf,
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, limitMs, `no connection within ${limitMs} ms`);
  });
  const answer = await Promise.race([attempt, late]);
  clearTimeout(timer);
  return answer;
}
