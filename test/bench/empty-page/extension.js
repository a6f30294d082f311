// The least that a webview can be: a panel with one word, without a script. What the panel's page is measured against.
const vscode = require("vscode");

/** @param {import("vscode").ExtensionContext} context */
exports.activate = (context) => {
  const open = () => {
    const panel = vscode.window.createWebviewPanel("emptyPage", "Empty", vscode.ViewColumn.Active, {
      enableScripts: true,
    });
    panel.webview.html = '<!DOCTYPE html><html><body><p id="empty-page">Empty</p></body></html>';
  };
  context.subscriptions.push(vscode.commands.registerCommand("emptyPage.open", open));
};
