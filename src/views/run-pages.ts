import type { Run } from "../store/model.ts";

export const PAGE = 100;

/** Gives runs newest first: at most `limit` of them, after the run `after`. */
export type FetchRuns = (limit: number, after: Run | undefined) => Promise<Run[]>;

/** What is loaded of a list of runs. */
export interface LoadedRuns {
  readonly runs: readonly Run[];
  readonly more: boolean;
}

/** A list of runs that grows page by page, and keeps its length when it is read again. */
export class RunPages {
  private loaded: Promise<LoadedRuns> | undefined;
  private length = PAGE;

  constructor(private readonly fetch: FetchRuns) {}

  /** The runs loaded so far; the first page at first. */
  load(): Promise<LoadedRuns> {
    this.loaded ??= this.remember(this.page([], this.length, undefined));
    return this.loaded;
  }

  /** Adds a page. */
  async loadMore(): Promise<LoadedRuns> {
    const { runs, more } = await this.load();
    if (!more) return { runs, more };
    this.loaded = this.remember(this.page(runs, PAGE, runs.at(-1)));
    return this.loaded;
  }

  /** Reads again at the next {@link load}, as many runs as were loaded before. */
  invalidate(): void {
    this.loaded = undefined;
  }

  private async page(before: readonly Run[], limit: number, after: Run | undefined): Promise<LoadedRuns> {
    // One more than is shown tells whether there is a next page.
    const fetched = await this.fetch(limit + 1, after);
    // A run whose start moved between two pages would come twice, and a tree cannot hold one id twice.
    const known = new Set(before.map((run) => run.run_id));
    const runs = [...before];
    for (const run of fetched.slice(0, limit)) {
      if (known.has(run.run_id)) continue;
      known.add(run.run_id);
      runs.push(run);
    }
    return { runs, more: fetched.length > limit };
  }

  private remember(loading: Promise<LoadedRuns>): Promise<LoadedRuns> {
    loading.then(
      ({ runs }) => {
        this.length = Math.max(PAGE, runs.length);
      },
      () => {
        if (this.loaded === loading) this.loaded = undefined;
      },
    );
    return loading;
  }
}
