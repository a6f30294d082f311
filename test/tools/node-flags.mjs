/**
 * Flags for a Node process of the tests that ends workers: it then optimizes code on the thread that runs it, as
 * src/cli/cli.ts has it. Else Node 20 aborts now and then when a worker ends.
 */
export const workerFlags = ["--no-concurrent-recompilation"];
