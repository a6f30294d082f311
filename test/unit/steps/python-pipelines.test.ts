import { describe, expect, test } from "vitest";
import { readDefinitions } from "../../../src/steps/read.ts";

/** The pipelines of each step, as "name: first second". */
function standing(text: string): string[] {
  return readDefinitions("python", `from flujo import Flujo, Pipeline, Step, step\n${text}`)
    .filter(({ kind }) => kind !== "pipeline")
    .map(({ name, pipelines }) => `${name}: ${[...pipelines].sort().join(" ")}`.trim());
}

const two = `
a = Step(name="a")
b = Step(name="b")
first = a >> b
second = b >> Step(name="c")
Flujo(first, pipeline_name="one")
Flujo(second, pipeline_name="two")
`;

describe("the pipelines that a step stands in", () => {
  test.each<[what: string, text: string, expected: string[]]>([
    ["none where the file names none", 'Step(name="a")', ["a:"]],
    ["the file's only one", 'Step(name="a")\nFlujo(make(), pipeline_name="one")', ["a: one"]],
    ["those that are built from it", two, ["a: one", "b: one two", "c: two"]],
    [
      "steps of one name, each in its own",
      'x = Step(name="a")\ny = Step(name="a")\nFlujo(x, pipeline_name="one")\nFlujo(y, pipeline_name="two")',
      ["a: one", "a: two"],
    ],
    [
      "a decorated function",
      '@step\ndef a(x): return b(x)\n@step\ndef b(x): ...\nFlujo(a, pipeline_name="one")\nFlujo(b, pipeline_name="two")',
      ["a: one", "b: two"],
    ],
    [
      "a step inside of another",
      'loop = Step.loop_until("loop", loop_body_pipeline=Pipeline.from_step(Step(name="a")))\nFlujo(loop, pipeline_name="one")\nFlujo(x, pipeline_name="two")',
      ["loop: one", "a: one"],
    ],
    [
      "one that a function builds",
      'def build():\n    a = Step(name="a")\n    return a >> b\nb = Step(name="b")\nc = Step(name="c")\ndef other(): return c\nFlujo(build(), pipeline_name="one")\nFlujo(other(), pipeline_name="two")',
      ["a: one", "b: one", "c: two"],
    ],
    [
      "one that grows by assignments",
      'p = Step(name="a")\np = p >> Step(name="b")\nq = Step(name="c")\nFlujo(pipeline=p, pipeline_name="one")\nFlujo(q, pipeline_name="two")',
      ["a: one", "b: one", "c: two"],
    ],
    [
      "names that stand for each other",
      'a = b\nb = a\nFlujo(a, pipeline_name="one")\nStep(name="c")',
      ["c: one"],
    ],
    [
      "all of the file for a step that no pipeline is seen to be built from",
      `${two}Step(name="d")`,
      ["a: one", "b: one two", "c: two", "d: one two"],
    ],
    [
      "no keyword for a variable of its name",
      'pipeline = Step(name="a")\nother = Step(name="b")\nFlujo(pipeline=other, pipeline_name="one")\nFlujo(pipeline, pipeline_name="two")',
      ["a: two", "b: one"],
    ],
  ])("%s", (_what, text, expected) => {
    expect(standing(text)).toEqual(expected);
  });

  test("are that of the blueprint", () => {
    const steps = readDefinitions("yaml", 'version: "0.1"\nname: p\nsteps:\n  - name: a\n');
    expect(steps.map(({ name, pipelines }) => [name, pipelines])).toEqual([
      ["p", ["p"]],
      ["a", ["p"]],
    ]);
    expect(readDefinitions("yaml", "steps:\n  - name: a\n")[0]!.pipelines).toEqual([]);
  });
});
