import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../tools/paths.mjs";

/** What people read is said through one door a face, so that it can be translated: manifest, host and page. */

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(folder, file));
}

const read = (file: string) => readFileSync(path.join(root, file), "utf8");

describe("the manifest", () => {
  const manifest = JSON.parse(read("package.json"));
  const texts: Record<string, string> = JSON.parse(read("package.nls.json"));

  test("names its texts by key, and every key has a text", () => {
    const visible: [place: string, text: string][] = [];
    const collect = (value: unknown, place: string) => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        const here = `${place}.${key}`;
        const spoken =
          /^(title|name|contents|description|markdownDescription|deprecationMessage|label)$/.test(key);
        const many = /^(enumDescriptions|markdownEnumDescriptions)$/.test(key) && Array.isArray(inner);
        if (spoken && typeof inner === "string") visible.push([here, inner]);
        else if (many) visible.push(...inner.map((text): [string, string] => [here, text]));
        else collect(inner, here);
      }
    };
    collect(manifest.contributes, "contributes");
    expect(visible.length).toBeGreaterThan(30);
    for (const [place, text] of visible) {
      if (text === "Flujo Lens") continue;
      expect(text, place).toMatch(/^%[\w.]+%$/);
      expect(texts, place).toHaveProperty([text.slice(1, -1)]);
    }
  });

  test("has no text that nothing names", () => {
    const whole = read("package.json");
    expect(Object.keys(texts).filter((key) => !whole.includes(`%${key}%`))).toEqual([]);
  });
});

describe("the extension", () => {
  const files = [
    ...sources("src/views"),
    ...sources("src/commands"),
    ...sources("src/panel"),
    "src/extension.ts",
  ];

  test.each(files)("%s says nothing in English alone", (file) => {
    const text = read(file);
    const bare = [
      ...text.matchAll(/show(?:Error|Warning|Information)Message\(\s*["`]([^"`]+)/g),
      ...text.matchAll(/setStatusBarMessage\(\s*["`]([^"`]+)/g),
      ...text.matchAll(
        /\b(?:title|label|placeHolder|placeholder|prompt|detail|description|tooltip|message)\s*[:=]\s*["`]([^"`]+)/g,
      ),
    ].map(([, literal]) => literal!);
    expect(bare.map(withoutValues).filter(isSentence)).toEqual([]);
  });
});

describe("the page", () => {
  test.each(sources("webview"))("%s has no English in what it draws", (file) => {
    const found = templates(read(file)).flatMap((template) => {
      const attributes = Array.from(
        template.matchAll(/\b(?:title|aria-label|placeholder|alt|label|aria-description)="([^"]*)"/g),
        ([, value]) => value!,
      );
      const between = template
        .replace(/<!--.*?-->/gs, "")
        .replace(/<[^<>]*>/g, "\n")
        .split("\n");
      return [...attributes, ...between];
    });
    expect(found.filter(isWord)).toEqual([]);
  });

  test("is looked through to the last template", () => {
    const source =
      'html`<p title="Bad words" class=@{a ? html`<b>inner text</b>` : "x"}>Outer text @{name}</p>`';
    const found = templates(source.replaceAll("@", "$"));
    expect(found).toContain("<b>inner text</b>");
    expect(found).toContain('<p title="Bad words" class=·>Outer text ·</p>');
  });
});

/** Interpolated values hold names and figures, not sentences. */
function withoutValues(text: string): string {
  return text.replace(/\$\{[^}]*\}/g, "");
}

/** Two English words at least; what is written in the filter language is an example in any language. */
function isSentence(text: string): boolean {
  return /[A-Za-z]{2,}\s+[A-Za-z]{2,}/.test(text) && !text.startsWith("duration > 2s");
}

function isWord(text: string): boolean {
  return /[A-Za-z]{2,}/.test(text.replace(/&\w+;/g, ""));
}

/** The static parts of all `html` templates, each template by itself, with "·" for its values. */
function templates(source: string): string[] {
  const found: string[] = [];
  /** Reads a template from behind its opening mark to behind its closing one. */
  const readTemplate = (from: number): number => {
    let text = "";
    let at = from;
    while (at < source.length && source[at] !== "`") {
      if (source[at] === "\\") at += 2;
      else if (source.startsWith("${", at)) {
        at = readValue(at + 2);
        text += "·";
      } else {
        text += source[at];
        at += 1;
      }
    }
    found.push(text);
    return at + 1;
  };
  const readValue = (from: number): number => {
    let depth = 1;
    let at = from;
    while (at < source.length && depth > 0) {
      const char = source[at]!;
      if (char === "{") depth += 1;
      if (char === "}") depth -= 1;
      if (char === '"' || char === "'") {
        at += 1;
        while (at < source.length && source[at] !== char) at += source[at] === "\\" ? 2 : 1;
      }
      if (char === "`") at = skipOrRead(at);
      else at += 1;
    }
    return at;
  };
  /** Other templates are no page: their text is passed over. */
  const skipOrRead = (at: number): number => {
    const isHtml = /\b(html|svg)$/.test(source.slice(Math.max(0, at - 4), at));
    const end = readTemplate(at + 1);
    if (!isHtml) found.pop();
    return end;
  };
  for (const match of source.matchAll(/\b(?:html|svg)`/g)) readTemplate(match.index + match[0].length);
  return found;
}
