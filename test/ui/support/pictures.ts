import type { Func } from "mocha";
import type { Workbench } from "./workbench.ts";

/** For `afterEach`: writes a picture of the window as a failed test left it. */
export function keepPictureOfFailure(code: () => Workbench | undefined): Func {
  return async function () {
    const test = this.currentTest;
    if (test?.state !== "failed") return;
    await code()?.screenshot(
      `failed ${test
        .fullTitle()
        .replace(/[^\w ]/g, " ")
        .slice(0, 100)}`,
    );
  };
}
