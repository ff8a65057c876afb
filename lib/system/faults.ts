/** Calls back for errors that nothing caught, instead of ending the process. */
export function watchFaults(fault: (error: unknown) => void): () => void {
  const onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    fault(event.reason);
  };
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    fault(event.error);
  };
  addEventListener("unhandledrejection", onRejection);
  addEventListener("error", onError);
  return () => {
    removeEventListener("unhandledrejection", onRejection);
    removeEventListener("error", onError);
  };
}
