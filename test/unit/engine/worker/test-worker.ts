import { type MessagePort, parentPort, threadId } from "node:worker_threads";
import { openDatabase } from "../../../../src/engine/database.ts";
import { TraceError } from "../../../../src/engine/errors.ts";
import { serve } from "../../../../src/engine/serve.ts";
import type { TestData, TestMethods } from "./methods.ts";

serve<TestMethods, TestData>(parentPort as MessagePort, async (context) => {
  if (context.data.start === "exit") process.exit(3);
  if (context.data.start === "throw") throw new Error("broken at the start");
  const database = await openDatabase(context.data.file, context);
  const number = (sql: string) => database.read((reader) => Number(reader.get(sql)?.value)).value;
  return {
    echo: (params) => params,
    thread: () => threadId,
    spin: () =>
      number("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) AS value FROM c"),
    scan: ({ times }) =>
      database.read((reader) => {
        let sum = 0;
        for (let done = 0; done < times; done++) {
          reader.progress(done / times);
          reader.checkCancelled();
          reader.each("SELECT n FROM numbers", [], ([n]) => {
            sum += Number(n);
          });
        }
        return sum;
      }).value,
    count: () => number("SELECT count(*) AS value FROM numbers"),
    fail: ({ kind }) => {
      if (kind === "unknown_run") throw new TraceError("unknown_run", "There is no such run.");
      if (kind === "unclonable") return () => undefined;
      throw new Error("plain");
    },
    die: ({ how }) => {
      switch (how) {
        case "exit":
          process.exit(7);
          break;
        case "trap":
          throw Object.assign(new Error("unreachable"), { name: "RuntimeError" });
        case "memory": {
          const kept: number[][] = [];
          for (;;) kept.push(new Array(100_000).fill(kept.length));
        }
      }
    },
  };
});
