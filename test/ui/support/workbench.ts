// Drives a real VS Code as a user does: mouse, keyboard and what is on the screen, with the packaged extension.
//
//   const code = await Workbench.open({ folder: await makeSampleWorkspace(dir) });
//   await code.openView("Flujo Lens");
//   const runs = code.tree("Runs");
//   await runs.expand(/support_triage/);
//   await code.command("Flujo Lens: Show Trace");
//   await code.quickPick.choose(/a6a3a450/);
//   await code.panel().getByRole("tab", { name: "Statistics" }).click();
//   await code.screenshot("statistics");
//   await code.close();
//
// Every step waits for what it needs; look things up with the locators of `page` where no step fits.
// Run the tests with `npm test -- ui`, one file with `npm test -- ui sidebar`.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { launchBrowser } from "../../tools/browser.mjs";
import { screenshotDir, vsixPath } from "../../tools/paths.mjs";
import { installExtension, type Server, startServer } from "../../tools/vscode-server.mjs";
import { QuickPick } from "./quick-pick.ts";
import { exactly } from "./text.ts";
import { TreeView } from "./tree-view.ts";

export interface WorkbenchOptions {
  /** Absolute path of the folder to open. */
  folder: string;
  /** User settings on top of the quiet ones. */
  settings?: Record<string, unknown>;
  /** What the extension finds in its environment besides this process's own. */
  env?: NodeJS.ProcessEnv;
  /** The package to install; the project's own by default, none when false. */
  vsix?: string | false;
  /** Further packages to install. */
  more?: readonly string[];
  viewport?: { width: number; height: number };
}

/** Names as the colour theme picker shows them. */
const themes = {
  dark: { label: "Dark Modern", className: "vs-dark" },
  light: { label: "Light Modern", className: "vs" },
  highContrast: { label: "Dark High Contrast", className: "hc-black" },
  highContrastLight: { label: "Light High Contrast", className: "hc-light" },
} as const;

export type Theme = keyof typeof themes;

export class Workbench {
  readonly quickPick: QuickPick;
  readonly #size: { width: number; height: number };
  readonly #server: Server;
  readonly #browser: Browser;

  private constructor(
    readonly page: Page,
    parts: { server: Server; browser: Browser; size: { width: number; height: number } },
  ) {
    this.quickPick = new QuickPick(page);
    this.#server = parts.server;
    this.#browser = parts.browser;
    this.#size = parts.size;
  }

  /** Starts a VS Code of its own, with fresh user data in a path with spaces and other letters than English ones. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const dataDir = mkdtempSync(path.join(tmpdir(), "flujo lens äß 観 "));
    const size = options.viewport ?? { width: 1400, height: 900 };
    if (options.vsix !== false) await installExtension(dataDir, options.vsix ?? vsixPath);
    for (const vsix of options.more ?? []) await installExtension(dataDir, vsix);
    const server = await startServer({ dataDir, settings: options.settings, env: options.env });
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: size });
      page.setDefaultTimeout(20_000);
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      const code = new Workbench(page, { server, browser, size });
      await code.openFolder(options.folder);
      return code;
    } catch (error) {
      await browser.close();
      await server.stop();
      throw error;
    }
  }

  /** Opens another folder, or a `.code-workspace` file, in place of what is open. */
  async openFolder(folder: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.page.goto(this.#server.url(folder));
      await this.page.locator(".monaco-workbench .part.activitybar").waitFor();
      if (!folder.endsWith(".code-workspace")) return;
      try {
        await this.page.locator(".explorer-folders-view").getByRole("treeitem").first().waitFor();
        return;
      } catch (error) {
        // Now and then VS Code shows the workspace without its folders until it is opened again.
        if (attempt === 3) throw error;
      }
    }
  }

  /** Kills the extension host; false where that cannot be done. */
  killExtensionHost(): boolean {
    return this.#server.killExtensionHosts() > 0;
  }

  /** Ends VS Code and forgets its user data. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.#server.dataDir, { recursive: true, force: true });
  }

  /** The icon of a view container in the activity bar. */
  activityBarItem(name: string): Locator {
    return this.page.locator(".part.activitybar").getByRole("tab", { name });
  }

  /** Shows a view container in the side bar. */
  async openView(name: string): Promise<void> {
    const item = this.activityBarItem(name);
    if ((await item.getAttribute("aria-selected")) !== "true") await item.locator("a.action-label").click();
    // Away from the icon, whose tooltip would cover the view.
    await this.page.mouse.move(this.#size.width / 2, this.#size.height / 2);
    await this.page.locator(".part.sidebar .composite.title").getByText(name).first().waitFor();
  }

  /** Drags the edge of the side bar until it is so wide, in pixels. */
  async setSideBarWidth(width: number): Promise<void> {
    const box = await this.page.locator(".part.sidebar").boundingBox();
    if (box === null) throw new Error("The side bar is not shown.");
    const y = this.#size.height / 2;
    await this.page.mouse.move(box.x + box.width, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, y, { steps: 4 });
    await this.page.mouse.up();
  }

  /** A tree in the side bar by its view's name. */
  tree(viewName: string): TreeView {
    return new TreeView(this.page, viewName);
  }

  /** Runs a command from the palette, by its category and title as a person reads them. */
  async command(title: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press("F1");
      await this.quickPick.type(`>${title}`);
      try {
        await this.quickPick.options(exactly(title)).first().waitFor({ timeout: 5_000 });
        break;
      } catch (error) {
        // The palette lists what was available when it opened: a command that came meanwhile is not in it.
        if (attempt === 4) throw error;
        await this.quickPick.cancel();
      }
    }
    await this.quickPick.choose(exactly(title));
    // The command may ask for something in the same place, so the palette must be gone before the next step.
    await this.page.waitForFunction(() => {
      const input = document.querySelector<HTMLInputElement>(".quick-input-widget input.input");
      return input === null || input.offsetParent === null || !input.value.startsWith(">");
    });
  }

  /** Opens a file of the workspace by its name, and puts the cursor into it; `folder` tells apart files of one name. */
  async openFile(name: string, folder = ""): Promise<void> {
    await this.page.keyboard.press("Control+P");
    await this.quickPick.type(`${name} ${folder}`.trim());
    // The list shows all files of the name until it is filtered by the folder.
    await this.quickPick.choose(name, folder);
    await this.editorTab(path.basename(name)).waitFor();
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  }

  editorTab(name: string | RegExp): Locator {
    return this.page.locator(".part.editor .tabs-container").getByRole("tab", { name });
  }

  /** Lays the mouse on a word of the visible editor; resolves to the hover once it shows `expected`. */
  async hoverWord(word: string, expected: string | RegExp = /\S/): Promise<Locator> {
    const hovers = ".monaco-editor .monaco-hover:visible, .monaco-resizable-hover .monaco-hover:visible";
    const shown = this.page.locator(hovers).filter({ hasText: expected }).first();
    for (let attempt = 1; ; attempt++) {
      const place = await this.#placeOfWord(word);
      // The editor shows a hover for a mouse that moved within it, not for one that appeared.
      await this.page.mouse.move(place.x + 30, place.y);
      await this.page.mouse.move(place.x - 2, place.y);
      await this.page.mouse.move(place.x, place.y);
      try {
        await shown.waitFor({ timeout: 2_500 });
        return shown;
      } catch (error) {
        // Code lenses that arrive move the lines away under the mouse.
        if (attempt === 6) throw error;
      }
    }
  }

  /** The links above the lines of the visible editor. */
  codeLenses(): Locator {
    return this.page.locator(".editor-instance .contentWidgets .codelens-decoration a");
  }

  /** A notification that contains the text. */
  toast(text: string | RegExp): Locator {
    return this.page.locator(".notification-toast").filter({ hasText: text }).first();
  }

  async closeToasts(): Promise<void> {
    await this.command("Notifications: Clear All Notifications");
    await this.page.locator(".notification-toast").first().waitFor({ state: "detached" });
  }

  /** An item of the status bar that contains the text. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator(".part.statusbar .statusbar-item").filter({ hasText: text });
  }

  /** The page of the webview panel that is in front. */
  panel(): FrameLocator {
    return this.#frame('iframe.webview:not([src*="purpose="])');
  }

  /** The page of a webview in the side bar or the lower panel. */
  webviewView(): FrameLocator {
    return this.#frame('iframe.webview[src*="purpose=webviewView"]');
  }

  async clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Writes `out/screenshots/NAME.png`. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(screenshotDir, { recursive: true });
    const file = path.join(screenshotDir, `${name}.png`);
    // Hovers and lists fade in; the picture shows them as they end up.
    await this.page.screenshot({ path: file, animations: "disabled" });
    return file;
  }

  /** Changes user settings and reloads the window; undefined takes one back. */
  async applySettings(settings: Record<string, unknown>): Promise<void> {
    this.#server.setSettings(settings);
    await this.reload();
  }

  async setTheme(theme: Theme): Promise<void> {
    const { label, className } = themes[theme];
    await this.command("Preferences: Color Theme");
    await this.quickPick.type(label);
    await this.quickPick.choose(exactly(label));
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  /** As a browser's zoom: 2 shows everything twice as large in half the room. */
  async zoom(factor: number): Promise<void> {
    const client = await this.page.context().newCDPSession(this.page);
    const width = Math.round(this.#size.width / factor);
    const height = Math.round(this.#size.height / factor);
    await client.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: factor,
      mobile: false,
    });
    await this.page.waitForFunction((wanted) => window.innerWidth === wanted, width);
  }

  /** Reloads the window by its command, which first writes down what the window remembers. */
  async reload(): Promise<void> {
    const title = "Developer: Reload Window";
    await this.page.keyboard.press("F1");
    await this.quickPick.type(`>${title}`);
    const loaded = this.page.waitForEvent("load");
    await this.quickPick.choose(exactly(title));
    await loaded;
    await this.page.locator(".monaco-workbench .part.activitybar").waitFor();
  }

  /** The middle of a word in the visible editor, in pixels of the page. */
  async #placeOfWord(word: string): Promise<{ x: number; y: number }> {
    const pieces = this.page.locator(".editor-instance .view-line span > span").filter({ hasText: word });
    const place = await pieces.first().evaluate((piece, text) => {
      const node = document.createTreeWalker(piece, NodeFilter.SHOW_TEXT).nextNode();
      const start = node?.textContent?.indexOf(text) ?? -1;
      if (node === null || start < 0) return undefined;
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, start + text.length);
      const box = range.getBoundingClientRect();
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    }, word);
    if (place === undefined) throw new Error(`The word ${word} is not in one piece of the visible editor.`);
    return place;
  }

  #frame(selector: string): FrameLocator {
    return this.page.locator(selector).last().contentFrame().locator("#active-frame").contentFrame();
  }
}
