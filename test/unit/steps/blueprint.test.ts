import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDefinitions } from "../../../src/steps/read.ts";

function found(text: string): string[] {
  return readDefinitions("yaml", text).map(
    ({ name, kind, line, column }) => `${name}@${line}:${column}${kind === "step" ? "" : ` ${kind}`}`,
  );
}

const nested = `version: "0.1"
name: "review"
imports: { other: "./other.yaml" }
steps:
  - kind: step
    name: a
    fallback: { name: a2 }
  - kind: parallel
    name: "b"
    branches:
      left:
        - { kind: step, name: b1 }
      right:
        kind: step
        name: b2
  - kind: conditional
    name: c
    condition: "x:y"
    branches:
      true: [ { name: c1 } ]
    default_branch:
      - name: c2
  - kind: loop
    name: 'd'
    loop:
      body:
        - name: d1
          kind: map
          map:
            iterable_input: files
            body:
              - step: d2
  - kind: dynamic_router
    name: e
    router:
      router_agent: "m:r"
      branches:
        one: [ { name: e1 } ]
  - kind: cache
    name: f
    wrapped_step: { name: f1 }
  - kind: hitl
    name: g
  - kind: StateMachine
    name: h
    states:
      start: [ { name: h1 } ]
  - name: sub
    uses: imports.other
`;

describe("steps of a blueprint", () => {
  test("all of its levels, in order of their place", () => {
    expect(found(nested)).toEqual([
      "review@2:7 pipeline",
      "a@6:11",
      "a2@7:23",
      "b@9:11 parallel",
      "b1@12:31",
      "b2@15:15",
      "c@17:11 conditional",
      "c1@20:23",
      "c2@22:15",
      "d@24:11 loop",
      "d1@27:17 map",
      "d2@32:23",
      "e@34:11 router",
      "e1@38:24",
      "f@40:11 cache",
      "f1@41:27",
      "g@43:11 hitl",
      "h@45:11 state_machine",
      "h1@47:24",
      "sub@48:11",
    ]);
  });

  test("the sample's blueprint", () => {
    const file = fileURLToPath(
      new URL("../../fixtures/sample-workspace/pipelines/code_review.yaml", import.meta.url),
    );
    expect(found(readFileSync(file, "utf8")).map((one) => one.split("@")[0])).toEqual([
      "code_review",
      "collect_diff",
      "plan_review",
      "review_file",
      "review_one",
      "summarize",
    ]);
  });

  test.each<[what: string, text: string, expected: string[]]>([
    ["steps alone", "steps:\n  - name: one\n", ["one@2:11"]],
    [
      "an anchor, where it is written",
      'version: "0.1"\nsteps:\n  - &x { name: one }\n  - *x\n',
      ["one@3:16"],
    ],
    ["no comments", "steps:\n  # - name: no\n  - name: one\n", ["one@3:11"]],
    ["no text", "steps:\n  - name: one\n    input: |\n      - name: no\n", ["one@2:11"]],
    ["no built name", 'steps:\n  - name: "{{ x }}"\n', []],
    ["no numbers", "steps:\n  - name: 1\n", []],
    [
      "no steps of an agent's schema",
      "agents:\n  a: { steps: [ { name: no } ] }\nsteps: [ { name: one } ]\n",
      ["one@3:18"],
    ],
    ["no Azure pipeline", "trigger: [main]\nsteps:\n  - script: x\n    name: no\n", []],
    ["no Cloud Build", "steps:\n  - name: gcr.io/x\n    args: [a]\n", []],
    ["no Drone", "kind: pipeline\nsteps:\n  - name: a\n    image: b\n", []],
    ["no workflow", "on: push\njobs:\n  a: { steps: [ { name: no } ] }\n", []],
    ["no other version", "version: 2\nsteps:\n  - name: no\n", []],
    [
      "a file that is being typed",
      'version: "0.1"\nsteps:\n  - name: one\n  - name: "tw\n',
      ["one@3:11", "tw@4:11"],
    ],
  ])("%s", (_what, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test("no beginning of a file makes it throw", () => {
    for (let end = 0; end <= nested.length; end += 3) {
      expect(Array.isArray(found(nested.slice(0, end)))).toBe(true);
    }
  });

  test("no piece of a file put anywhere makes it throw", () => {
    const place = fc.integer({ min: 0, max: nested.length });
    fc.assert(
      fc.property(place, place, place, (from, to, at) => {
        found(nested.slice(0, at) + nested.slice(from, to) + nested.slice(at));
      }),
      { numRuns: 150 },
    );
  });

  test("aliases in circles end", () => {
    expect(found('version: "0.1"\nsteps: &s\n  - name: one\n    loop: { body: *s }\n')).toEqual(["one@3:11"]);
    expect(found(`version: "0.1"\nsteps: ${"[".repeat(20_000)}`)).toEqual([]);
  });
});
