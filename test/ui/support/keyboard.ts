import type { Workbench } from "./workbench.ts";

/** What has the keyboard in the page of the panel. */
export interface Focused {
  /** False while the keyboard is elsewhere in the window. */
  inPage: boolean;
  role: string;
  name: string;
  text: string;
}

/** Uses VS Code with the keyboard alone: nothing here moves a mouse, or puts the focus where keys would not. */
export class Keyboard {
  constructor(private readonly code: Workbench) {}

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.code.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.code.page.keyboard.type(text);
  }

  /** Runs a command from the palette. */
  async command(title: string): Promise<void> {
    await this.press("F1");
    await this.code.quickPick.input.waitFor();
    await this.type(title);
    await this.chooseFirst(title);
  }

  /** Waits until the first choice of the list at the top has this text, and takes it. */
  async chooseFirst(text: string): Promise<void> {
    const list = this.code.page.locator(".quick-input-list .monaco-list-row.focused");
    await list.filter({ hasText: text }).first().waitFor();
    await this.press("Enter");
  }

  async focused(): Promise<Focused> {
    return this.code
      .panel()
      .locator("body")
      .evaluate(() => {
        let element = document.activeElement;
        // A control of the toolkit keeps its button or field inside, and its name outside.
        const host = element;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        const attribute = (name: string) => element?.getAttribute(name) ?? host?.getAttribute(name) ?? "";
        return {
          inPage: document.hasFocus(),
          role: attribute("role") || (element?.tagName.toLowerCase() ?? ""),
          name: attribute("aria-label"),
          text: (host?.textContent ?? "").trim(),
        };
      });
  }

  /** Presses Tab (or `key`) until what has the keyboard is wanted. */
  async tabTo(wanted: (focused: Focused) => boolean, key = "Tab"): Promise<Focused> {
    const seen: string[] = [];
    for (let step = 0; step < 80; step++) {
      const focused = await this.focused();
      if (focused.inPage && wanted(focused)) return focused;
      seen.push(`${focused.role} ${focused.name || focused.text.slice(0, 40)}`);
      await this.press(key);
    }
    throw new Error(`The keyboard does not get there. On its way: ${seen.join(" → ")}`);
  }
}
