import type { CliOptions, CliResult, CurvineCli } from "../../lib/operate/curvine_cli.ts";

/** What a {@link ScriptedCli} answers to one call. */
export interface ScriptedAnswer {
  /** 0 where nothing is said. */
  readonly code?: number;
  readonly stdout?: string;
  readonly reason?: string;
  readonly refusedByMaster?: boolean;
  readonly stopped?: CliResult["stopped"];
  /** Lines that the caller sees while it runs. */
  readonly lines?: readonly string[];
  readonly errors?: readonly string[];
}

/** Curvine's cli as a function from arguments to answers; what it was asked is kept. */
export class ScriptedCli implements CurvineCli {
  readonly calls: string[] = [];
  readonly options: CliOptions[] = [];

  constructor(
    readonly answer: (call: string, options: CliOptions) =>
      | ScriptedAnswer
      | undefined
      | Promise<ScriptedAnswer | undefined>,
  ) {}

  async run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const call = args.join(" ");
    this.calls.push(call);
    this.options.push(options);
    const { code = 0, lines = [], errors = [], ...rest } = await this.answer(call, options) ?? {};
    for (const line of lines) options.onLine?.(line, "stdout");
    for (const line of errors) options.onLine?.(line, "stderr");
    return {
      ok: code === 0 && rest.stopped === undefined,
      code,
      stdout: rest.stdout ?? "",
      reason: rest.reason ?? (code === 0 ? "" : `exit ${code}`),
      refusedByMaster: rest.refusedByMaster ?? false,
      stopped: rest.stopped,
    };
  }
}
