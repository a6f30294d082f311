import { expect, test } from "vitest";
import { openStore } from "../../../src/sources/open-store.ts";
import type { StoreInfo } from "../../../src/store/store.ts";
import { fakeStore } from "../support/fake-store.ts";

async function said(access: StoreInfo["access"]): Promise<string[]> {
  const sentences: string[] = [];
  const store = fakeStore({ opened: { ...fakeStore().opened, access } });
  expect(
    await openStore(
      "/fake.db",
      (sentence) => sentences.push(sentence),
      async () => store,
    ),
  ).toBe(store);
  return sentences;
}

test("a database that is read from a copy in memory is announced, with its size", async () => {
  expect(await said("copy")).toEqual([expect.stringContaining("2.0 MB")]);
});

test("a database that is read piece by piece is not worth a word", async () => {
  expect(await said("lazy")).toEqual([]);
});
