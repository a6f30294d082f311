import { type Token, tokenize } from "./lexer.ts";
import { type Expression, FilterError, type Key, type Value } from "./syntax.ts";

/** More brackets and "not"s inside each other than anyone writes; a limit, so that a hostile text cannot overflow the stack. */
const DEEPEST = 200;

/** Parses a filter; undefined for an empty one, which takes everything. Throws a {@link FilterError}. See `grammar.md`. */
export function parseFilter(source: string): Expression | undefined {
  const parser = new Parser(tokenize(source));
  return parser.parse();
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): Expression | undefined {
    if (this.#peek().kind === "end") return undefined;
    const expression = this.#or();
    const rest = this.#peek();
    if (rest.kind === ")") throw new FilterError("This bracket closes nothing.", rest.place);
    if (rest.kind !== "end") throw new FilterError(`"and" or "or" is missing before this.`, rest.place);
    return expression;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#takeWord("or")) left = { kind: "or", left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    for (;;) {
      if (this.#takeWord("and")) left = { kind: "and", left, right: this.#not() };
      else if (this.#beginsCondition()) left = { kind: "and", left, right: this.#not() };
      else return left;
    }
  }

  #beginsCondition(): boolean {
    const token = this.#peek();
    return token.kind === "(" || token.kind === "quoted" || (token.kind === "word" && !isWord(token, "or"));
  }

  #not(): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new FilterError("This filter is nested too deeply.", this.#peek().place);
    const expression: Expression = this.#takeWord("not")
      ? { kind: "not", inner: this.#not() }
      : this.#primary();
    this.#depth -= 1;
    return expression;
  }

  #primary(): Expression {
    const token = this.#next();
    switch (token.kind) {
      case "(": {
        const inner = this.#or();
        const close = this.#next();
        if (close.kind !== ")") throw new FilterError("This bracket is not closed.", token.place);
        return inner;
      }
      case "word":
      case "quoted":
        return this.#condition(token);
      case "operator":
        throw new FilterError("A key is missing before this, such as status or name.", token.place);
      case "pattern":
      case ")":
      case ",":
      case "end":
        throw new FilterError("A condition is missing here, such as status = failed.", token.place);
    }
  }

  #condition(token: Extract<Token, { kind: "word" | "quoted" }>): Expression {
    const reserved = ["and", "or", "in", "exists"].find((word) => isWord(token, word));
    if (reserved !== undefined) {
      throw new FilterError(
        'A condition is missing before "{0}". Quote the word to search for it.',
        token.place,
        reserved,
      );
    }
    const key: Key = { name: token.text, quoted: token.kind === "quoted", place: token.place };
    const next = this.#peek();
    if (next.kind === "operator") {
      this.#at += 1;
      return { kind: "compare", key, operator: next.operator, value: this.#value() };
    }
    if (this.#takeWord("exists")) return { kind: "exists", key };
    if (isWord(next, "not") && isWord(this.tokens[this.#at + 1], "in")) {
      this.#at += 2;
      return { kind: "not", inner: { kind: "in", key, values: this.#list() } };
    }
    if (this.#takeWord("in")) return { kind: "in", key, values: this.#list() };
    return { kind: "text", value: { kind: token.kind, text: token.text, place: token.place } };
  }

  #list(): Value[] {
    const open = this.#next();
    if (open.kind !== "(")
      throw new FilterError('"in" needs a list in brackets, such as (timeout, rate_limit).', open.place);
    const values = [this.#value()];
    for (;;) {
      const token = this.#next();
      if (token.kind === ")") return values;
      if (token.kind !== ",")
        throw new FilterError("A comma or a closing bracket is missing before this.", token.place);
      values.push(this.#value());
    }
  }

  #value(): Value {
    const token = this.#next();
    if (token.kind === "word" || token.kind === "quoted" || token.kind === "pattern") return token;
    throw new FilterError(
      "A value is missing here. Quote it if it has brackets or spaces in it.",
      token.place,
    );
  }

  #takeWord(word: string): boolean {
    if (!isWord(this.#peek(), word)) return false;
    this.#at += 1;
    return true;
  }

  #peek(): Token {
    return this.tokens[this.#at]!;
  }

  /** The next token; the last one stays, so that there always is one. */
  #next(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toLowerCase() === word;
}
