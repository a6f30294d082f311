import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDefinitions } from "../../../src/steps/read.ts";

/** Each definition as "name@line:column kind". */
function found(text: string): string[] {
  return readDefinitions("python", text).map(
    ({ name, kind, line, column }) => `${name}@${line}:${column}${kind === "step" ? "" : ` ${kind}`}`,
  );
}

const F = "from flujo import Flujo, Pipeline, Step, step, adapter_step\n";

describe("steps of a Python file", () => {
  test.each<[what: string, text: string, expected: string[]]>([
    ["a step with its name", `${F}a = Step(name="one", agent=x)`, ["one@2:15"]],
    ["a name given first", `${F}a = Step("one", agent=x)`, ["one@2:10"]],
    ["a name on another line", `${F}a = Step(\n    agent=x,\n    name='one',\n)`, ["one@4:10"]],
    ["a constant, at the argument", `${F}NAME = "one"\na = Step(name=NAME)`, ["one@3:15"]],
    ["an annotated constant", `${F}NAME: Final[str] = "one"\na = Step(name=NAME)`, ["one@3:15"]],
    ["a constant below its use", `${F}def make():\n    return Step(name=NAME)\nNAME = "one"`, ["one@3:22"]],
    ["a constant of a constant", `${F}A = "one"\nB = A\na = Step(name=B)`, ["one@4:15"]],
    ["a constant of a class", `${F}class Names:\n    ONE = "one"\na = Step(name=Names.ONE)`, ["one@4:15"]],
    ["no value of an enumeration", `${F}class Names(Enum):\n    ONE = "one"\na = Step(name=Names.ONE)`, []],
    ["a constant of the function", `${F}def make():\n    n = "one"\n    return Step(name=n)`, ["one@4:22"]],
    ["no parameter", `${F}n = "no"\ndef make(n):\n    return Step(name=n)`, []],
    ["no default of a parameter", `${F}n = "no"\ndef make(a, n="x"):\n    return Step(name=n)`, []],
    ["no variable of a loop", `${F}for n in ["a"]:\n    Step(name=n)`, []],
    ["no variable of a comprehension", `${F}n = "no"\nx = [Step(name=n) for n in names]`, []],
    ["no constant bound twice", `${F}n = "a"\nif x:\n    n = "b"\nStep(name=n)`, []],
    ["no constant that is added to", `${F}n = "a"\nn += "b"\nStep(name=n)`, []],
    [
      "no constant changed from a function",
      `${F}n = "a"\ndef f():\n    global n\n    n = "b"\nStep(name=n)`,
      [],
    ],
    ["no parameter of a lambda", `${F}n = "a"\nf = lambda n: Step(name=n)`, []],
    ["no built name", `${F}Step(name=f"a_{b}")\nStep(name="a" + b)\nStep(name="%s" % b)\nStep(name=g())`, []],
    ["a format string without a placeholder", `${F}Step(name=f"one")`, ["one@2:11"]],
    ["strings in a row", `${F}Step(name="on" 'e')`, ["one@2:11"]],
    ["strings in parentheses", `${F}Step(name=("one"))`, ["one@2:11"]],
    ["escapes", `${F}Step(name="a\\u00e4\\x41\\n\\"")\nStep(name=r"\\d")`, ['aäA\n"@2:11', "\\d@3:11"]],
    ["no bytes", `${F}Step(name=b"one")`, []],
    ["no unpacked arguments", `${F}Step(**facts)\nStep(*facts, "one")`, []],
    ["a name beside unpacked ones", `${F}Step(**facts, name="one")`, ["one@2:20"]],
    [
      "no strings, no comments",
      `${F}# Step(name="a")\ns = 'Step(name="b")'\n"""\n@step\ndef c(): ...\n"""`,
      [],
    ],
    ["a bare decorator, at the function's name", `${F}@step\nasync def one(x):\n    ...`, ["one@3:11"]],
    ["a decorator with a name", `${F}@step(name="one")\nasync def two(x): ...`, ["one@2:12"]],
    ["a decorator with other arguments", `${F}@step(retries=1)\nasync def one(x): ...`, ["one@3:11"]],
    ["a decorator with a built name", `${F}@step(name=make())\nasync def one(x): ...`, []],
    ["a decorator without a name", `${F}@step(name=None)\ndef one(x): ...`, ["one@3:5"]],
    ["a decorator among others", `${F}@other\n@step\n@more(1)\ndef one(x): ...`, ["one@5:5"]],
    [
      "a decorator of the module",
      `import flujo\n@flujo.step(name="one")\ndef a(): ...\n@flujo.step\ndef two(): ...`,
      ["one@2:18", "two@5:5"],
    ],
    ["the adapter's decorator", `${F}@adapter_step\ndef one(x): ...`, ["one@3:5"]],
    ["a decorator on a method", `${F}class A:\n    @step\n    async def one(self): ...`, ["one@4:15"]],
    [
      "a decorator called as a function",
      `${F}def f(x): ...\ns = step(f)\nt = step(f, name="one")`,
      ["f@3:10", "one@4:18"],
    ],
    [
      "a step from a function",
      `${F}async def f(x): ...\na = Step.from_callable(f)\nb = Step.from_callable(f, name="one")\nc = Step.from_callable(f, "two")`,
      ["f@3:24", "one@4:32", "two@5:27"],
    ],
    [
      "a step from a named argument",
      `${F}async def f(x): ...\na = Step.from_callable(callable_=f)`,
      ["f@3:34"],
    ],
    [
      "a step from an imported function",
      `${F}from m import f as g\nimport n\nStep.from_callable(g)\nStep.from_callable(n.h)`,
      ["f@4:20", "h@5:20"],
    ],
    [
      "no step from a made function",
      `${F}f = make()\nStep.from_callable(f)\nStep.from_callable(lambda x: x)\nStep.from_callable(partial(f))`,
      [],
    ],
    ["a step from a mapper", `${F}async def f(x): ...\na = Step.from_mapper(f, name="one")`, ["one@3:30"]],
    [
      "the constructors with a name of their own",
      `${F}a = Step.solution(x)\nb = Step.review(x)\nc = Step.validate_step(x)\nd = Step.validate(x)`,
      ["solution@2:10", "review@3:10", "validate@4:10", "validate@5:10"],
    ],
    [
      "loops, branches, maps and routers",
      `${F}Step.loop_until(name="a", loop_body_pipeline=p)\nStep.refine_until("b", g, c)\nStep.parallel("c", {})\nStep.dynamic_parallel_branch(name="d")\nStep.branch_on(name="e")\nStep.map_over("f", p, iterable_input="x")\nStep.human_in_the_loop("g")\nStep.gather("h", wait_for=[])`,
      [
        "a@2:22 loop",
        "b@3:19 loop",
        "c@4:15 parallel",
        "d@5:35 router",
        "e@6:21 conditional",
        "f@7:15 map",
        "g@8:24 hitl",
        "h@9:13",
      ],
    ],
    [
      "steps in steps",
      `${F}Step.loop_until("a", Pipeline.from_step(Step(name="b")))\nStep.cached(Step(name="c"))`,
      ["a@2:17 loop", "b@2:51", "c@3:23"],
    ],
    [
      "classes of steps",
      `from flujo.domain.dsl import LoopStep, ParallelStep as P\nLoopStep(name="a")\nP(name="b")`,
      ["a@2:15 loop", "b@3:8 parallel"],
    ],
    [
      "types in brackets",
      `${F}Step[int, str](name="a")\nStep[int, str].from_callable(f, name="b")`,
      ["a@2:21", "b@3:38"],
    ],
    [
      "other names for flujo's",
      `import flujo as fj\nimport flujo.domain.dsl as d\nfrom flujo import Step as S\nT = S\nfj.Step(name="a")\nd.Step(name="b")\nS(name="c")\nT(name="d")`,
      ["a@5:14", "b@6:13", "c@7:8", "d@8:8"],
    ],
    [
      "a class of one's own that is a step",
      `${F}class Mine(Step):\n    pass\nMine(name="one")`,
      ["one@4:11"],
    ],
    ["a pipeline as a step", `${F}p.as_step(name="one")`, ["one@2:16"]],
    ["everything imported", `from flujo import *\nStep(name="one")`, ["one@2:11"]],
    [
      "an import that may fail",
      `try:\n    from flujo import Step\nexcept ImportError:\n    Step = None\nStep(name="one")`,
      ["one@5:11"],
    ],
    [
      "nobody else's steps",
      `from behave import step\nfrom zenml import Step\n@step("x")\ndef a(): ...\n@step\ndef b(): ...\nStep(name="c")`,
      [],
    ],
    [
      "no step function of one's own",
      `from flujo import Flujo\ndef step(f): return f\n@step\ndef a(): ...`,
      [],
    ],
    ["no other decorators of flujo", `import flujo\n@flujo.other\ndef a(): ...`, []],
    ["pipelines by the name of their runs", `${F}r = Flujo(p, pipeline_name="p1")`, ["p1@2:28 pipeline"]],
    ["characters of two units before it", `${F}x = "😀"; Step(name="one")`, ["one@2:21"]],
    [
      "any kind of line break",
      "from flujo import Step\r\n\r\nStep(name='a')\rStep(name='b')",
      ["a@3:11", "b@4:11"],
    ],
    ["a file that is being typed", `${F}Step(name="one", agent=\n\ndef f(:\n  x = [\n`, ["one@2:11"]],
  ])("%s", (_what, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  const everything = `${F}import flujo as fj
NAME: str = "n" 'm'
@step(name=f"q")
async def f(a: int, *args, b=1, **k) -> str:
    global Z
    x, y = 1, 2
class A(Step, metaclass=M):
    N = r"""x"""
a = [Step(name=n) for n in {k: v for k, v in z}]
b = Step[int].from_callable(f, **{"name": NAME}) >> Step.loop_until(name=A.N)
try: pass
except (E, F) as e: pass
match q:
    case Step(name=z): Flujo(pipeline_name="p")
lambda *q: (w := Step(name='\\u00e4\\N{DASH}'))
`;

  test("no beginning of a file makes it throw", () => {
    for (let end = 0; end <= everything.length; end += 2) {
      expect(Array.isArray(found(everything.slice(0, end)))).toBe(true);
    }
  });

  test("no piece of a file put anywhere makes it throw, and every place lies in the text", () => {
    const place = fc.integer({ min: 0, max: everything.length });
    fc.assert(
      fc.property(place, place, place, (from, to, at) => {
        const text = everything.slice(0, at) + everything.slice(from, to) + everything.slice(at);
        const lines = text.split(/\r\n|\r|\n/);
        for (const { line, column, at: stretch, whole } of readDefinitions("python", text)) {
          expect(lines[line - 1]!.length).toBeGreaterThanOrEqual(column);
          expect(whole.from).toBeLessThanOrEqual(stretch.from);
          expect(whole.to).toBeGreaterThanOrEqual(stretch.to);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("nesting beyond any stack defines nothing, and does not throw", () => {
    expect(found(`${F}Step(name=${"(".repeat(50_000)}"x"`)).toEqual([]);
  });
});
