import { metrics, OPENMETRICS } from "../observe/metrics.ts";
import type { Snapshot } from "../observe/snapshot.ts";
import { statusOf } from "../observe/status.ts";
import type { HttpAnswer, HttpRequest } from "./http_request.ts";

/** What the control endpoints do. */
export interface ControlActions {
  snapshot(): Snapshot;
  /** Begins the stop. @returns when it is over */
  stop(by: string): Promise<void>;
  /** Looks at the configuration, and reloads when it changed. */
  reload(): void;
  /** @returns whether this is our target */
  announce(target: string | undefined): boolean;
}

/**
 * Answers one request (DESIGN, Health).
 *
 * @param near whether the client is on this machine: nobody else may stop or reload us, for a port
 * that is open for probes and metrics is open for everybody
 */
export function respond(
  request: HttpRequest,
  near: boolean,
  actions: ControlActions,
): HttpAnswer | Promise<HttpAnswer> {
  const { method, path, query } = request;
  const wanted = METHODS[path];
  if (wanted === undefined) return text(404, `there is no ${path}`);
  if (method !== wanted && !(wanted === "GET" && method === "HEAD")) {
    return text(405, `${path} wants ${wanted}`);
  }
  if (wanted === "POST" && !near) {
    return text(403, `${path} is only for clients on this machine; use the control socket`);
  }
  switch (path) {
    case "/livez": {
      const { state } = actions.snapshot();
      return state === "failed" ? text(503, "failed") : text(200, "ok");
    }
    case "/readyz": {
      const { ready, reason } = actions.snapshot();
      return ready ? text(200, "ok") : text(503, reason ?? "not mounted");
    }
    case "/metrics":
      return { status: 200, type: OPENMETRICS, body: metrics(actions.snapshot()) };
    case "/status":
      return json(200, statusOf(actions.snapshot()));
    case "/reload":
      actions.reload();
      return json(202, { reload: "requested" });
    case "/unmounting": {
      const target = query.get("target") ?? undefined;
      const { state, mounted, reason = "nothing is mounted" } = actions.snapshot();
      // While we stand by, the mount is another client's: whoever asks shall leave it alone.
      const unmounting = state === "standing-by" ? "theirs" : "noted";
      return actions.announce(target)
        ? { ...json(200, { unmounting, ...(mounted ? {} : { reason }) }), seeOff: true }
        : json(409, { error: "this is not the target of this supervisor" });
    }
    default: {
      const over = actions.stop("a request on the control socket");
      return query.get("wait") === "true"
        ? over.then(() => ({ ...json(200, { stop: "done" }), seeOff: true }))
        : json(202, { stop: "requested" });
    }
  }
}

const METHODS: Readonly<Record<string, "GET" | "POST">> = {
  "/livez": "GET",
  "/readyz": "GET",
  "/metrics": "GET",
  "/status": "GET",
  "/stop": "POST",
  "/reload": "POST",
  "/unmounting": "POST",
};

function text(status: number, body: string): HttpAnswer {
  return { status, type: "text/plain; charset=utf-8", body: `${body}\n` };
}

function json(status: number, body: unknown): HttpAnswer {
  return { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(body)}\n` };
}
