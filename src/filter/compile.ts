import { type KeyKind, knownKey } from "./keys.ts";
import { type Expression, FilterError, type Key, type Operator, type Value } from "./syntax.ts";
import { readDuration, readMoment, readNumber, unreadable } from "./values.ts";

/** What a filter looks at: one span, or the facts of one run. */
export interface Subject {
  /** Values of a key from `keys.ts`; several when a key has several faces, such as a raw and a canonical status. Missing ones are left out. */
  known(key: string): readonly (string | number)[];
  /** The value of an attribute, none when it is missing. */
  attribute(key: string): readonly unknown[];
  /** What free text is looked for in. */
  texts(): readonly string[];
}

export type Predicate = (subject: Subject) => boolean;

export interface CompileOptions {
  /** Seconds since the epoch; what relative times count from. */
  readonly now: number;
  /** Turns a key that stands for another in this list into that other: in a list of runs `status` means `run.status`. */
  readonly alias?: (key: string) => string;
}

/** Turns a parsed filter into a test. Throws a {@link FilterError} when a value cannot be what its key holds. */
export function compileFilter(expression: Expression, options: CompileOptions): Predicate {
  switch (expression.kind) {
    case "and": {
      const [left, right] = [
        compileFilter(expression.left, options),
        compileFilter(expression.right, options),
      ];
      return (subject) => left(subject) && right(subject);
    }
    case "or": {
      const [left, right] = [
        compileFilter(expression.left, options),
        compileFilter(expression.right, options),
      ];
      return (subject) => left(subject) || right(subject);
    }
    case "not": {
      const inner = compileFilter(expression.inner, options);
      return (subject) => !inner(subject);
    }
    case "compare":
      return comparison(expression.key, expression.operator, expression.value, options);
    case "in": {
      const tests = expression.values.map((value) => comparison(expression.key, "=", value, options));
      return (subject) => tests.some((test) => test(subject));
    }
    case "exists":
      return exists(expression.key, options);
    case "text": {
      const wanted = expression.value.text.toLowerCase();
      return (subject) => subject.texts().some((text) => text.toLowerCase().includes(wanted));
    }
  }
}

/** What a filter about runs looks at: the run's own facts, and its spans when they are asked for. */
export interface RunSubject {
  readonly run: Subject;
  spans(): readonly Subject[];
}

/**
 * Turns a filter into a test of whole runs. Conditions about spans that are joined by "and" hold when one and the same span
 * fulfils them all; "not" before them asks that no span does. Throws as {@link compileFilter} does.
 * @param isRunKey Whether a key, after the alias, is one of the run itself.
 */
export function compileRunFilter(
  expression: Expression,
  options: CompileOptions,
  isRunKey: (key: string) => boolean,
): (subject: RunSubject) => boolean {
  const compile = (part: Expression): ((subject: RunSubject) => boolean) => {
    switch (part.kind) {
      case "or": {
        const [left, right] = [compile(part.left), compile(part.right)];
        return (subject) => left(subject) || right(subject);
      }
      case "not": {
        const inner = compile(part.inner);
        return (subject) => !inner(subject);
      }
      case "and": {
        const parts = conjuncts(part);
        const aboutSpan = parts.filter(isAboutSpan).map((one) => compileFilter(one, options));
        const others = parts.filter((one) => !isAboutSpan(one)).map(compile);
        return (subject) =>
          others.every((test) => test(subject)) &&
          (aboutSpan.length === 0 || subject.spans().some((span) => aboutSpan.every((test) => test(span))));
      }
      case "compare":
      case "in":
      case "exists":
      case "text": {
        const test = compileFilter(part, options);
        if (!isAboutSpan(part)) return (subject) => test(subject.run);
        return (subject) => subject.spans().some(test);
      }
    }
  };
  const isAboutSpan = (part: Expression): boolean => {
    if (part.kind === "or") return isAboutSpan(part.left) && isAboutSpan(part.right);
    if (part.kind !== "compare" && part.kind !== "in" && part.kind !== "exists") return false;
    const resolved = resolve(part.key, options.alias);
    return resolved.kind === "attribute" || !isRunKey(resolved.name);
  };
  return compile(expression);
}

function conjuncts(expression: Expression): Expression[] {
  return expression.kind === "and"
    ? [...conjuncts(expression.left), ...conjuncts(expression.right)]
    : [expression];
}

/** Whether a filter asks for attributes, which are dear to read. */
export function asksAttributes(expression: Expression): boolean {
  switch (expression.kind) {
    case "and":
    case "or":
      return asksAttributes(expression.left) || asksAttributes(expression.right);
    case "not":
      return asksAttributes(expression.inner);
    case "compare":
    case "in":
    case "exists":
      return (
        resolve(expression.key, undefined).kind === "attribute" ||
        expression.key.name.toLowerCase() === "input"
      );
    case "text":
      return false;
  }
}

/** The key from `keys.ts` that is meant; undefined for an attribute. */
export function knownKeyOf(key: Key): string | undefined {
  const resolved = resolve(key, undefined);
  return resolved.kind === "known" ? resolved.name : undefined;
}

type Resolved = { kind: "known"; name: string; holds: KeyKind } | { kind: "attribute"; name: string };

/** A quoted key, and one under `attributes.`, is always an attribute. */
function resolve(key: Key, alias: CompileOptions["alias"]): Resolved {
  const prefix = "attributes.";
  if (key.quoted) return { kind: "attribute", name: key.name };
  if (key.name.toLowerCase().startsWith(prefix))
    return { kind: "attribute", name: key.name.slice(prefix.length) };
  const definition = knownKey(alias?.(key.name.toLowerCase()) ?? key.name);
  return definition
    ? { kind: "known", name: definition.name, holds: definition.kind }
    : { kind: "attribute", name: key.name };
}

function exists(key: Key, { alias }: CompileOptions): Predicate {
  const resolved = resolve(key, alias);
  if (resolved.kind === "known") return (subject) => subject.known(resolved.name).length > 0;
  return (subject) => subject.attribute(resolved.name).some((value) => value !== null && value !== undefined);
}

function comparison(key: Key, operator: Operator, value: Value, options: CompileOptions): Predicate {
  if (operator === "!=" || operator === "!~") {
    const inner = comparison(key, operator === "!=" ? "=" : "~", value, options);
    return (subject) => !inner(subject);
  }
  const resolved = resolve(key, options.alias);
  if (resolved.kind === "attribute") {
    const test = attributeTest(resolved.name, operator, value);
    return (subject) => subject.attribute(resolved.name).some(test);
  }
  const test =
    resolved.holds === "text"
      ? textTest(operator, value)
      : numberTest(resolved.holds, operator, value, options.now);
  return (subject) => subject.known(resolved.name).some(test);
}

type Test = (found: unknown) => boolean;

function textTest(operator: Operator, value: Value): Test {
  if (value.kind === "pattern") return (found) => value.pattern.test(String(found));
  const wanted = value.text.toLowerCase();
  switch (operator) {
    case "=":
      return (found) => String(found).toLowerCase() === wanted;
    case "~":
      return (found) => String(found).toLowerCase().includes(wanted);
    default:
      throw new FilterError(`This key holds text, which has no order. Use = or ~.`, value.place);
  }
}

function numberTest(holds: Exclude<KeyKind, "text">, operator: Operator, value: Value, now: number): Test {
  if (operator === "~") throw new FilterError("This key holds a number. Use =, <, <=, > or >=.", value.place);
  const wanted = readKnown(holds, value, now);
  return (found) => typeof found === "number" && ordered(operator, found, wanted);
}

function readKnown(holds: Exclude<KeyKind, "text">, value: Value, now: number): number {
  switch (holds) {
    case "seconds": {
      const seconds = readDuration(value.text);
      if (seconds === undefined) throw unreadable(value, "duration");
      return seconds;
    }
    case "moment": {
      const moment = readMoment(value.text, now);
      if (moment === undefined) throw unreadable(value, "time");
      return moment;
    }
    case "cost":
    case "number": {
      const number = readNumber(value.text);
      if (number === undefined) throw unreadable(value, holds);
      return number;
    }
  }
}

function ordered(operator: Operator, found: number, wanted: number): boolean {
  switch (operator) {
    case "=":
      return found === wanted;
    case "<":
      return found < wanted;
    case "<=":
      return found <= wanted;
    case ">":
      return found > wanted;
    case ">=":
      return found >= wanted;
    default:
      return false;
  }
}

/** Attributes carry their own type: what is stored decides how it is compared. */
function attributeTest(name: string, operator: Operator, value: Value): Test {
  const text = value.text.toLowerCase();
  const number = value.kind === "word" ? attributeNumber(name, value.text) : readNumber(value.text);
  if (operator === "~") {
    const inside: Test =
      value.kind === "pattern"
        ? (found) => value.pattern.test(shown(found))
        : (found) => shown(found).toLowerCase().includes(text);
    return (found) => found !== null && found !== undefined && inside(found);
  }
  if (operator !== "=") {
    if (number === undefined) throw unreadable(value, "attribute");
    return (found) => {
      const stored =
        typeof found === "number" ? found : typeof found === "string" ? readNumber(found) : undefined;
      return stored !== undefined && ordered(operator, stored, number);
    };
  }
  const equals: Test = (found) => {
    if (typeof found === "number") return found === number;
    if (typeof found === "boolean" || found === null) return value.kind === "word" && String(found) === text;
    if (Array.isArray(found)) return found.some(equals);
    return typeof found === "string" && found.toLowerCase() === text;
  };
  return equals;
}

/** A number with a unit of time counts in the unit that the attribute's name tells: milliseconds for `…_ms`, else seconds. */
function attributeNumber(name: string, text: string): number | undefined {
  const plain = readNumber(text);
  const seconds = readDuration(text);
  // "2m" is two minutes to a time, two million to a count.
  if (/_ms$|\.ms$/.test(name) && seconds !== undefined && plain === undefined) return seconds * 1000;
  if (/(_s|_sec|_seconds|latency|duration|time)$/.test(name) && seconds !== undefined) return seconds;
  return plain ?? seconds;
}

function shown(found: unknown): string {
  return typeof found === "string" ? found : (JSON.stringify(found) ?? "");
}
