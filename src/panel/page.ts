import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The folder whose files the page may load. */
export function pageRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, "dist", "webview");
}

/** The page: a script and a style sheet from the extension, and nothing from anywhere else. */
export function pageHtml(webview: vscode.Webview, extension: vscode.Uri): string {
  const root = pageRoot(extension);
  const script = webview.asWebviewUri(vscode.Uri.joinPath(root, "main.js"));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(root, "main.css"));
  const nonce = randomBytes(24).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // The toolkit's components carry their styles in the document.
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${vscode.l10n.bundle === undefined ? "en" : inAttribute(vscode.env.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="${style}">
${texts(vscode.l10n.bundle)}<title>Flujo Lens</title>
</head>
<body>
<flujo-lens-app></flujo-lens-app>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

/** The translations that VS Code has for this extension, for the page to read; nothing in English. */
function texts(bundle: Readonly<Record<string, string>> | undefined): string {
  if (bundle === undefined) return "";
  return `<meta name="flujo-lens-texts" content="${inAttribute(JSON.stringify(bundle))}">\n`;
}

function inAttribute(text: string): string {
  return text.replace(/[&"<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
