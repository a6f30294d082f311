import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportFormats } from "../../../src/export/formats.ts";
import { redact } from "../../../src/export/redaction.ts";
import { anyRun, exportedRunOf, text } from "./made-up.ts";

const secrets = {
  "API key": "sk-proj-abcdefghijklmnop1234",
  "AWS key": "AKIAIOSFODNN7EXAMPLE",
  "GitHub token": `ghp_${"a1".repeat(18)}`,
  "JSON web token": `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${"s".repeat(20)}`,
  "bearer token": `Bearer ${"x1".repeat(12)}`,
  "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
  "password in an address": "hunter22",
};
const wrap = (kind: string, secret: string) =>
  kind === "password in an address" ? `postgresql://me:${secret}@db/x` : `before ${secret} after`;

describe("redaction", () => {
  it.each(Object.entries(secrets))("takes out what looks like a secret: %s", (kind, secret) => {
    const before = exportedRunOf([
      { id: "a", name: wrap(kind, secret), attributes: { nested: { list: [wrap(kind, secret)] } } },
      { id: "b", attributes: wrap(kind, secret) },
    ]);
    const { exported, report } = redact(before);
    for (const format of exportFormats) expect(text(exported, format)).not.toContain(secret);
    expect(report.get(kind)).toBe(3);
    expect(text(redact(before, { keepSecrets: true }).exported, "json")).toContain(
      JSON.stringify(secret).slice(1, -1),
    );
  });

  it("takes out values of secret keys and of named ones, whatever they are", () => {
    const { exported, report } = redact(
      exportedRunOf([
        {
          id: "a",
          attributes: {
            api_key: 5,
            "http.authorization": { a: 1 },
            user_email: "me",
            "user.name": "me",
            total_tokens: 7,
            deep: [{ password: "x" }],
          },
        },
      ]),
      { keys: ["*_email", "USER.*"] },
    );
    expect(exported.spans[0]!.attributes).toEqual({
      api_key: "[redacted]",
      "http.authorization": "[redacted]",
      user_email: "[redacted]",
      "user.name": "[redacted]",
      total_tokens: 7,
      deep: [{ password: "[redacted]" }],
    });
    expect(Object.fromEntries(report)).toEqual({
      api_key: 1,
      "http.authorization": 1,
      "*_email": 1,
      "USER.*": 1,
      password: 1,
    });
  });

  it("takes out patterns, in steps too", () => {
    const run = exportedRunOf([{ id: "a" }]);
    const step = {
      run_id: "run_1",
      step_name: "s",
      step_index: 0,
      status: "completed",
      start_time: null,
      end_time: null,
      duration_ms: null,
      cost: null,
      tokens: null,
      input: '{"password": "p", "ssn": "123-45-6789"}',
      output: null,
      raw_response: "plain 123-45-6789",
      error: null,
    };
    const { exported } = redact({ ...run, steps: [step] }, { patterns: [/\d{3}-\d\d-\d{4}/] });
    expect(exported.steps[0]).toMatchObject({
      input: '{"password":"[redacted]","ssn":"[redacted]"}',
      raw_response: "plain [redacted]",
    });
  });

  it("leaves everything else as it is, and the run that it was given", () => {
    fc.assert(
      fc.property(anyRun, (before) => {
        const copy = structuredClone(before);
        const { exported } = redact(before, { keepSecrets: true });
        expect(JSON.parse(text(exported, "json"))).toEqual(JSON.parse(text(before, "json")));
        expect(before).toEqual(copy);
      }),
    );
  });
});
