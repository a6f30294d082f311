import * as vscode from "vscode";
import { filterFrom, type Grouping, groupingFrom, isFiltering, type RunFilter } from "./run-filter.ts";

const FILTER_KEY = "flujoLens.filter";
const GROUPING_KEY = "flujoLens.grouping";

/** How the runs are filtered and grouped: remembered for this workspace, and told to the menus. */
export class ViewSettings implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private currentFilter: RunFilter;
  private currentGrouping: Grouping;

  constructor(private readonly memory: vscode.Memento) {
    this.currentFilter = filterFrom(memory.get(FILTER_KEY));
    this.currentGrouping = groupingFrom(memory.get(GROUPING_KEY));
    this.tellMenus();
  }

  get filter(): RunFilter {
    return this.currentFilter;
  }

  get grouping(): Grouping {
    return this.currentGrouping;
  }

  async setFilter(filter: RunFilter): Promise<void> {
    this.currentFilter = filter;
    this.tellMenus();
    this.changed.fire();
    await this.memory.update(FILTER_KEY, filter);
  }

  async setGrouping(grouping: Grouping): Promise<void> {
    this.currentGrouping = grouping;
    this.changed.fire();
    await this.memory.update(GROUPING_KEY, grouping);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private tellMenus(): void {
    void vscode.commands.executeCommand("setContext", "flujoLens.filtering", isFiltering(this.currentFilter));
  }
}
