/** Takes secrets out of what leaves: values under named keys, and values that look like secrets. */
import type { SpanNode, Step } from "../store/model.ts";
import type { ExportedRun } from "./exported.ts";

export interface RedactionOptions {
  /** Names of attributes whose values go, any case; `*` stands for any letters: `user.*`, `*_email`. */
  readonly keys?: readonly string[];
  /** Values, or parts of them, that go. */
  readonly patterns?: readonly RegExp[];
  /** Leave alone what only looks like a secret. */
  readonly keepSecrets?: boolean;
}

/** How often something was taken out, by the key or the kind of secret it was known by. */
export type RedactionReport = ReadonlyMap<string, number>;

const REDACTED = "[redacted]";

const SECRET_KEYS =
  /^(?:.*[._-])?(?:api[_-]?key|apikey|authorization|cookie|set-cookie|credentials?|passwd|password|private[_-]?key|secret|access[_-]?token|refresh[_-]?token|auth[_-]?token|id[_-]?token|bearer)$/i;

/** Texts that look like secrets. Each match goes; what stands around it stays. */
const SECRETS: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  {
    kind: "private key",
    pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
  },
  { kind: "JSON web token", pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{5,}/g },
  { kind: "bearer token", pattern: /\b(?:Bearer|Basic) [\w.~+/-]{16,}=*/gi },
  { kind: "API key", pattern: /\b(?:sk|pk|rk)[-_](?:[a-z]+[-_])*[A-Za-z0-9_-]{16,}/g },
  { kind: "AWS key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { kind: "GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/g },
  { kind: "Slack token", pattern: /\bxox[abeprs]-[\w-]{10,}/g },
  { kind: "Google key", pattern: /\bAIza[\w-]{30,}/g },
  {
    kind: "password in an address",
    pattern: /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{1,100}:)[^\s@/]{1,200}(?=@)/gi,
  },
  {
    kind: "password",
    pattern: /(?<=\b(?:password|passwd|api_key|secret)["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',;&]{4,200}/gi,
  },
];

/** The same run without what the options name, and what was taken out. */
export function redact(
  exported: ExportedRun,
  options: RedactionOptions = {},
): { readonly exported: ExportedRun; readonly report: RedactionReport } {
  const cleaner = new Cleaner(options);
  const clean = new Map<SpanNode, SpanNode>();
  for (const span of exported.spans) {
    clean.set(span, {
      ...span,
      name: cleaner.text(span.name),
      attributes:
        typeof span.attributes === "string"
          ? cleaner.text(span.attributes)
          : (cleaner.value(span.attributes) as Record<string, unknown>),
      children: [],
    });
  }
  for (const [span, copy] of clean) {
    for (const child of span.children) copy.children.push(clean.get(child)!);
  }
  return {
    exported: {
      ...exported,
      steps: exported.steps.map((step) => cleaner.step(step)),
      roots: exported.roots.map((root) => clean.get(root)!),
      spans: [...clean.values()],
    },
    report: cleaner.report,
  };
}

/** Several runs without what the options name; the report counts over all of them. */
export function redactRuns(
  runs: readonly ExportedRun[],
  options: RedactionOptions = {},
): { readonly runs: readonly ExportedRun[]; readonly report: RedactionReport } {
  const all = new Map<string, number>();
  const clean = runs.map((run) => {
    const { exported, report } = redact(run, options);
    for (const [rule, count] of report) all.set(rule, (all.get(rule) ?? 0) + count);
    return exported;
  });
  return { runs: clean, report: all };
}

/** A value in which texts, keys among them, that look like secrets are replaced. For values that are not deep. */
export function redactTexts<T>(
  value: T,
  options: RedactionOptions = {},
): { readonly value: T; readonly report: RedactionReport } {
  const cleaner = new Cleaner(options);
  const clean = (from: unknown): unknown => {
    if (typeof from === "string") return cleaner.text(from);
    if (Array.isArray(from)) return from.map(clean);
    if (typeof from !== "object" || from === null) return from;
    return Object.fromEntries(Object.entries(from).map(([key, item]) => [cleaner.text(key), clean(item)]));
  };
  return { value: clean(value) as T, report: cleaner.report };
}

class Cleaner {
  readonly report = new Map<string, number>();
  private readonly named: readonly { readonly key: string; readonly pattern: RegExp }[];
  private readonly patterns: readonly { readonly kind: string; readonly pattern: RegExp }[];
  private readonly keepSecrets: boolean;

  constructor({ keys = [], patterns = [], keepSecrets = false }: RedactionOptions) {
    this.keepSecrets = keepSecrets;
    this.named = keys.map((key) => ({ key, pattern: keyPattern(key) }));
    this.patterns = [
      ...patterns.map((pattern) => ({
        kind: `/${pattern.source}/`,
        pattern: new RegExp(
          pattern.source,
          pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`,
        ),
      })),
      ...(keepSecrets ? [] : SECRETS),
    ];
  }

  step(step: Step): Step {
    const field = (name: "input" | "output" | "raw_response" | "error") => {
      const stored = step[name];
      if (stored === null) return null;
      if (this.ruleOf(name) !== undefined) return this.dropped(this.ruleOf(name)!);
      return this.stored(stored);
    };
    return {
      ...step,
      step_name: this.text(step.step_name),
      input: field("input"),
      output: field("output"),
      raw_response: field("raw_response"),
      error: field("error"),
    };
  }

  /** A copy of a JSON value, however deep, without what must not leave. */
  value(given: unknown): unknown {
    const top: { value?: unknown } = {};
    const open: { from: unknown; put: (value: unknown) => void }[] = [
      { from: given, put: (value) => (top.value = value) },
    ];
    while (open.length > 0) {
      const { from, put } = open.pop()!;
      if (typeof from === "string") put(this.text(from));
      else if (Array.isArray(from)) {
        const copy: unknown[] = new Array(from.length);
        put(copy);
        for (const [at, item] of from.entries())
          open.push({ from: item, put: (value) => (copy[at] = value) });
      } else if (typeof from === "object" && from !== null) {
        const copy: Record<string, unknown> = Object.create(null);
        put(copy);
        for (const [key, item] of Object.entries(from)) {
          // Keeps the order of keys, which are filled in later.
          copy[key] = undefined;
          const rule = this.ruleOf(key);
          if (rule === undefined) open.push({ from: item, put: (value) => (copy[key] = value) });
          else copy[key] = this.dropped(rule);
        }
      } else put(from);
    }
    return top.value;
  }

  text(given: string): string {
    let text = given;
    for (const { kind, pattern } of this.patterns) {
      text = text.replace(pattern, () => this.dropped(kind));
    }
    return text;
  }

  /** Text that may be JSON, with keys of its own. */
  private stored(text: string): string {
    if (!/^\s*[[{]/.test(text)) return this.text(text);
    try {
      return JSON.stringify(this.value(JSON.parse(text)));
    } catch {
      // No JSON, or too deep for it.
      return this.text(text);
    }
  }

  private ruleOf(key: string): string | undefined {
    const named = this.named.find(({ pattern }) => pattern.test(key));
    if (named) return named.key;
    return !this.keepSecrets && SECRET_KEYS.test(key) ? key : undefined;
  }

  private dropped(rule: string): string {
    this.report.set(rule, (this.report.get(rule) ?? 0) + 1);
    return REDACTED;
  }
}

function keyPattern(key: string): RegExp {
  const letters = key.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${letters.join(".*")}$`, "i");
}
