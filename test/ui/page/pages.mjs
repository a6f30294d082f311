import { launchBrowser } from "../../tools/browser.mjs";
import { build, open } from "./harness.mjs";

/** @typedef {Awaited<ReturnType<typeof open>>} OpenPage */

/**
 * For the start of a Mocha suite: one browser for all of its tests. What it returns opens a page, which is closed after the test.
 *
 * @returns {(options?: Parameters<typeof open>[2]) => Promise<OpenPage>}
 */
export function pagesOfSuite() {
  /** @type {Awaited<ReturnType<typeof build>> | undefined} */
  let built;
  /** @type {Awaited<ReturnType<typeof launchBrowser>> | undefined} */
  let browser;
  /** @type {OpenPage[]} */
  const opened = [];

  before(async () => {
    built = await build();
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    built?.remove();
  });

  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  return async (options) => {
    if (!browser || !built) throw new Error("Pages open inside tests only.");
    const one = await open(browser, built, options);
    opened.push(one);
    return one;
  };
}
