import assert from "node:assert/strict";
import * as vscode from "vscode";
import { pageHtml, pageRoot } from "../../src/panel/page.ts";

const extension = vscode.Uri.file("/ext");

const webview = {
  cspSource: "https://webview.test",
  asWebviewUri: (uri: vscode.Uri) => uri.with({ scheme: "https", authority: "webview.test" }),
} as vscode.Webview;

describe("the panel's page", () => {
  it("allows its own script, styles, fonts and images, and nothing else", () => {
    const html = pageHtml(webview, extension);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
    const nonce = /<script nonce="([^"]+)"/.exec(html)?.[1];
    assert.deepEqual(policy?.split("; "), [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      "style-src https://webview.test 'unsafe-inline'",
      "font-src https://webview.test",
      "img-src https://webview.test",
    ]);
    assert.equal(html.match(/<script/g)?.length, 1);
  });

  it("has a nonce of its own each time, too long to guess", () => {
    const nonceOf = () => /<script nonce="([^"]+)"/.exec(pageHtml(webview, extension))![1]!;
    assert.notEqual(nonceOf(), nonceOf());
    assert.ok(Buffer.from(nonceOf(), "base64").length >= 16);
  });

  it("loads only from the folder of the page", () => {
    assert.equal(pageRoot(extension).path, "/ext/dist/webview");
    for (const [, link] of pageHtml(webview, extension).matchAll(/(?:src|href)="([^"]+)"/g)) {
      assert.ok(link!.startsWith("https://webview.test/ext/dist/webview/"), link);
    }
  });
});
