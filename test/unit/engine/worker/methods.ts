/** What the worker of the client's tests can do. */
export interface TestMethods {
  echo: { params: unknown; result: unknown };
  thread: { params: undefined; result: number };
  /** Counts in SQL without reading a page. */
  spin: { params: undefined; result: number };
  /** Scans the table over and over, reporting progress. */
  scan: { params: { times: number }; result: number };
  count: { params: undefined; result: number };
  fail: { params: { kind: "unknown_run" | "plain" | "unclonable" }; result: unknown };
  die: { params: { how: "exit" | "memory" | "trap" }; result: never };
}

export interface TestData {
  readonly file: string;
  /** Makes the start fail. */
  readonly start?: "exit" | "throw";
}
