/** By their Linux numbers on x86-64 and arm64, from 1 on. */
const NAMES = "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD " +
  "CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS";

/** Such as `SIGKILL` for 9. */
export function signalName(number: number): string {
  const name = NAMES.split(" ")[number - 1];
  return name === undefined ? `signal ${number}` : `SIG${name}`;
}
