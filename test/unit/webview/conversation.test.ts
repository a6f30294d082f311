import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readConversation } from "../../../webview/details/llm/conversation.ts";
import { readMessages } from "../../../webview/details/llm/messages.ts";
import { nested } from "../../../webview/details/llm/values.ts";

const call = { kind: "call", name: "get_weather", id: "call_1", input: { city: "Rome" } };

describe("messages", () => {
  it.each([
    [
      "OpenAI",
      [
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "call_1",
              type: "function",
              function: { name: "get_weather", arguments: '{"city":"Rome"}' },
            },
          ],
        },
      ],
    ],
    [
      "an OpenAI answer",
      {
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: "",
              tool_calls: [{ id: "call_1", function: { name: "get_weather", arguments: '{"city":"Rome"}' } }],
            },
          },
        ],
      },
    ],
    [
      "Anthropic",
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "call_1", name: "get_weather", input: { city: "Rome" } }],
      },
    ],
    [
      "OpenTelemetry",
      [
        {
          role: "assistant",
          parts: [{ type: "tool_call", id: "call_1", name: "get_weather", arguments: { city: "Rome" } }],
        },
      ],
    ],
    [
      "pydantic-ai",
      [
        {
          kind: "response",
          parts: [
            {
              part_kind: "tool-call",
              tool_name: "get_weather",
              args: '{"city":"Rome"}',
              tool_call_id: "call_1",
            },
          ],
        },
      ],
    ],
    [
      "OpenInference",
      [
        {
          message: {
            role: "assistant",
            tool_calls: [
              {
                tool_call: { id: "call_1", function: { name: "get_weather", arguments: '{"city":"Rome"}' } },
              },
            ],
          },
        },
      ],
    ],
  ])("of %s show their tool calls, as values and as JSON text", (_source, value) => {
    for (const shape of [value, JSON.stringify(value)]) {
      const messages = readMessages(shape);
      expect(messages?.map(({ role, parts }) => [role, parts])).toEqual([["assistant", [call]]]);
    }
  });

  it("keep a tool's answer apart from what people say", () => {
    expect(
      readMessages([{ role: "tool", tool_call_id: "call_1", name: "get_weather", content: "18 °C" }])?.[0]
        ?.parts,
    ).toEqual([{ kind: "result", name: "get_weather", id: "call_1", output: "18 °C" }]);
    expect(
      readMessages([
        { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: '{"c":18}' }] },
      ])?.[0]?.parts,
    ).toEqual([{ kind: "result", name: undefined, id: "call_1", output: { c: 18 } }]);
  });

  it("of a request of pydantic-ai have a role for each part", () => {
    const request = {
      kind: "request",
      parts: [
        { part_kind: "system-prompt", content: "Be brief." },
        { part_kind: "user-prompt", content: "Hi" },
      ],
    };
    expect(readMessages([request])?.map(({ role }) => role)).toEqual(["system", "user"]);
  });

  it.each([
    [[]],
    [[1, 2]],
    [[{ role: "user", content: "x" }, { other: 1 }]],
    ["plain text"],
    ["[broken"],
    [{ a: 1 }],
    [null],
    [12],
  ])("are not seen in %j", (value) => expect(readMessages(value)).toBeUndefined());

  it("can be looked for in anything", () => {
    fc.assert(fc.property(fc.anything(), (value) => void readMessages(value)));
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => void readMessages([{ role: "user", content: value, tool_calls: value }]),
      ),
    );
  });
});

describe("attributes with dots", () => {
  it("make lists and objects", () => {
    const flat = {
      "llm.input_messages.1.message.content": "second",
      "llm.input_messages.0.message.content": "first",
      "llm.input_messages.10.message.content": "last",
      "llm.other": 1,
    };
    expect(nested(flat, "llm.input_messages")).toEqual(
      ["first", "second", "last"].map((content) => ({ message: { content } })),
    );
    expect(nested(flat, "llm.nothing")).toBeUndefined();
  });

  it("do not reach what every object has", () => {
    expect(nested({ "a.__proto__.polluted": 1 }, "a")).toBeDefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("a conversation", () => {
  it("is read from OpenTelemetry's attributes", () => {
    const talk = readConversation({
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.temperature": 0.2,
      "gen_ai.usage.input_tokens": 61,
      "gen_ai.usage.output_tokens": "23",
      "gen_ai.system_instructions": '[{"type":"text","content":"Be brief."}]',
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
      "gen_ai.output.messages":
        '[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]',
      "gen_ai.tool.definitions": '[{"type":"function","name":"get_weather","description":"Weather now"}]',
    });
    expect(talk).toMatchObject({ model: "gpt-4o", provider: "openai", parameters: [["temperature", "0.2"]] });
    expect(talk.usage).toMatchObject({ input: 61, output: 23, total: 84 });
    expect(talk.input.map(({ role, parts }) => [role, parts])).toEqual([
      ["system", [{ kind: "text", text: "Be brief." }]],
      ["user", [{ kind: "text", text: "Hi" }]],
    ]);
    expect(talk.output).toMatchObject([{ role: "assistant", finish: "stop" }]);
    expect(talk.tools).toMatchObject([{ name: "get_weather", description: "Weather now" }]);
  });

  it("is read from OpenInference's attributes", () => {
    const talk = readConversation({
      "openinference.span.kind": "LLM",
      "llm.model_name": "claude",
      "llm.invocation_parameters": '{"max_tokens":100}',
      "llm.token_count.prompt": 5,
      "llm.token_count.completion": 7,
      "llm.token_count.total": 12,
      "llm.input_messages.0.message.role": "user",
      "llm.input_messages.0.message.contents.0.message_content.type": "text",
      "llm.input_messages.0.message.contents.0.message_content.text": "Weather?",
      "llm.output_messages.0.message.role": "assistant",
      "llm.output_messages.0.message.tool_calls.0.tool_call.id": "call_1",
      "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "get_weather",
      "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"city":"Rome"}',
      "llm.tools.0.tool.json_schema": '{"type":"function","function":{"name":"get_weather"}}',
      "retrieval.documents.0.document.id": "d1",
      "retrieval.documents.0.document.score": 0.91,
      "retrieval.documents.0.document.content": "Rome is warm.",
    });
    expect(talk.parameters).toEqual([["max_tokens", "100"]]);
    expect(talk.usage).toMatchObject({ input: 5, output: 7, total: 12 });
    expect(talk.input[0]?.parts).toEqual([{ kind: "text", text: "Weather?" }]);
    expect(talk.output[0]?.parts).toEqual([call]);
    expect(talk.tools[0]?.name).toBe("get_weather");
    expect(talk.documents).toEqual([{ id: "d1", score: 0.91, content: "Rome is warm." }]);
  });

  it("is read from flujo's events, as its exported trees have them, and other events stay events", () => {
    const talk = readConversation({
      "flujo.step.id": "s-1",
      events: [
        { name: "agent.system", attributes: { model_id: "openai:gpt-4o", system_prompt: "Be brief." } },
        { name: "agent.input", attributes: { input: "Hi" } },
        { name: "agent.response", attributes: { response: "Hello" } },
        { name: "agent.usage", attributes: { input_tokens: 3, output_tokens: 4, cost_usd: 0.002 } },
        { name: "flujo.retry", attributes: { reason: "timeout" } },
      ],
    });
    expect(talk.model).toBe("openai:gpt-4o");
    expect(talk.input.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(talk.output[0]?.parts).toEqual([{ kind: "text", text: "Hello" }]);
    expect(talk.usage).toMatchObject({ input: 3, output: 4, total: 7, cost: 0.002 });
    expect(talk.events.map(({ name }) => name)).toEqual(["flujo.retry"]);
  });

  it("is read from flujo's agent attributes", () => {
    const talk = readConversation({
      "agent.system": "Be brief.",
      "agent.prompt": "Hi",
      "agent.response": "Hello",
      "agent.usage.input_tokens": 3,
    });
    expect([...talk.input, ...talk.output].map(({ role, parts }) => [role, parts[0]])).toEqual([
      ["system", { kind: "text", text: "Be brief." }],
      ["user", { kind: "text", text: "Hi" }],
      ["assistant", { kind: "text", text: "Hello" }],
    ]);
    expect(talk.usage.input).toBe(3);
  });

  it("is empty for a plain step, whose cost is not a model's", () => {
    const talk = readConversation({
      "flujo.step.type": "Step",
      step_input: "x",
      "flujo.budget.actual_cost_usd": 0.004,
      "flujo.budget.actual_tokens": 3,
    });
    expect(Object.values(talk.usage).every((count) => count === undefined)).toBe(true);
    expect([talk.input, talk.output, talk.tools, talk.documents, talk.events, talk.run, talk.model]).toEqual([
      [],
      [],
      [],
      [],
      [],
      undefined,
      undefined,
    ]);
  });

  it("shows a tool's own span with what it took and gave", () => {
    const talk = readConversation({
      "gen_ai.tool.name": "search",
      "gen_ai.tool.call.arguments": '{"q":1}',
      "gen_ai.tool.call.result": "none",
    });
    expect(talk.run).toEqual({ name: "search", input: { q: 1 }, output: "none" });
  });

  it("can be looked for in any attributes", () => {
    const keys = fc.constantFrom(
      "events",
      "usage",
      "agent.usage",
      "agent.prompt",
      "llm.tools",
      "gen_ai.prompt",
      "llm.input_messages.0",
      "gen_ai.input.messages",
      "retrieval.documents",
      "messages",
    );
    fc.assert(
      fc.property(
        fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.json())),
        (attributes) => void readConversation(attributes),
      ),
    );
  });
});
