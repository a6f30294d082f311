import type { Locator, Page } from "playwright-core";

/** The list at the top of the window: palette, file search, and every choice that an extension asks for. */
export class QuickPick {
  readonly #widget: Locator;

  constructor(private readonly page: Page) {
    this.#widget = page.locator(".quick-input-widget");
  }

  get input(): Locator {
    return this.#widget.locator("input.input");
  }

  /** The choices on the screen; long lists have more than they show. */
  options(name?: string | RegExp): Locator {
    const options = this.#widget.locator(".quick-input-list").getByRole("option");
    return name === undefined
      ? options
      : options.filter({ has: this.page.locator(".label-name", { hasText: name }) });
  }

  async type(text: string): Promise<void> {
    await this.input.waitFor();
    await this.input.fill(text);
  }

  /** Waits for a choice whose label matches, and which shows `beside` too, and takes it. */
  async choose(label: string | RegExp, beside = ""): Promise<void> {
    const option = this.options(label).filter({ hasText: beside }).first();
    await option.waitFor();
    await option.click();
  }

  /** Types what only one choice has, and takes that by keyboard: a click would miss it while the list is filtered. */
  async chooseOnly(text: string, label?: string | RegExp): Promise<void> {
    await this.type(text);
    await this.options(label).and(this.page.locator('[aria-setsize="1"]')).waitFor();
    await this.accept();
  }

  /** Ticks or unticks a choice of a list in which several can be chosen. */
  async toggle(label: string | RegExp): Promise<void> {
    const choice = this.#widget.locator(".quick-input-list").locator(".monaco-list-row");
    await choice.filter({ has: this.page.locator(".label-name", { hasText: label }) }).click();
  }

  /** Presses Enter. */
  async accept(): Promise<void> {
    await this.input.press("Enter");
  }

  /** What each choice on the screen says: label, description, detail. */
  async texts(): Promise<{ label: string; description: string; detail: string }[]> {
    await this.options().first().waitFor();
    return this.options().evaluateAll((rows) =>
      rows.map((row) => {
        const text = (selector: string) => row.querySelector(selector)?.textContent?.trim() ?? "";
        return {
          label: text(".quick-input-list-label .label-name"),
          description: text(".quick-input-list-label .label-description"),
          detail: text(".quick-input-list-label-meta"),
        };
      }),
    );
  }

  async cancel(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.input.waitFor({ state: "hidden" });
  }
}
