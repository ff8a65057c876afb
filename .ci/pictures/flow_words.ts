/** What the picture of the flow says in words; all else in it are names out of the code. */
export interface FlowWords {
  readonly title: string;
  readonly nothing: string;
  readonly ownBase: string;
  readonly steps: readonly string[];
  readonly shown: readonly string[];
  readonly written: string;
  readonly exec: readonly [head: string, line: string];
  readonly supervise: readonly [head: string, line: string];
  readonly asks: Readonly<Record<Asker, string>>;
}

/** Who calls a command of ours that starts nothing. */
export type Asker = "fluid" | "kubelet" | "people" | "desk";

/** The same picture for readers of English and of Chinese. */
export const FLOW_WORDS: Readonly<Record<"en" | "zh", FlowWords>> = {
  en: {
    title: "From what Fluid gives, by the mode and the plan, to the daemon",
    nothing: "nothing of Fluid's",
    ownBase: "the image's curvine-cluster.toml",
    steps: ["detect the mode", "load", "check", "generate"],
    shown: ["shown, and nothing is started", "the same plan: a dry run cannot drift"],
    written: "0600, atomically",
    exec: ["exec", "we become the server: nothing of ours stays in memory"],
    supervise: ["supervise", "we stay as PID 1 and keep the mount alive"],
    asks: {
      fluid: "Fluid runs",
      kubelet: "Kubernetes runs",
      people: "you ask",
      desk: "at your desk",
    },
  },
  zh: {
    title: "从 Fluid 提供的内容，经过模式和计划，到守护进程",
    nothing: "没有任何 Fluid 的痕迹",
    ownBase: "镜像自带的 curvine-cluster.toml",
    steps: ["判断模式", "读取", "校验", "生成"],
    shown: ["只显示，不启动任何东西", "用的是同一份计划，预演与实际不会不一致"],
    written: "权限 0600，原子替换",
    exec: ["exec", "我们变成服务端进程：自己不再占用内存"],
    supervise: ["supervise", "我们作为 1 号进程留下，让挂载一直可用"],
    asks: {
      fluid: "Fluid 运行",
      kubelet: "Kubernetes 运行",
      people: "由你查询",
      desk: "在自己的电脑上",
    },
  },
};
