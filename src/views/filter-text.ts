import * as vscode from "vscode";
import { oneLine } from "../format/text.ts";
import { type Grouping, isFiltering, type RunFilter } from "./run-filter.ts";
import { stateName } from "./state-icons.ts";

/** What a filter lets through, for people; undefined when it lets everything through. */
export function describeFilter(filter: RunFilter): string | undefined {
  if (!isFiltering(filter)) return undefined;
  const parts: string[] = [];
  if (filter.states.length > 0) parts.push(filter.states.map(stateName).join(", "));
  if (filter.pipeline !== undefined) {
    parts.push(vscode.l10n.t("pipeline {0}", oneLine(filter.pipeline, 60)));
  }
  if (filter.text !== undefined) parts.push(vscode.l10n.t('with "{0}"', oneLine(filter.text, 60)));
  if (filter.expression !== undefined) parts.push(oneLine(filter.expression, 100));
  return vscode.l10n.t("filter: {0}", parts.join(" · "));
}

export function groupingName(grouping: Grouping): string {
  switch (grouping) {
    case "none":
      return vscode.l10n.t("Not grouped");
    case "pipeline":
      return vscode.l10n.t("By pipeline");
    case "day":
      return vscode.l10n.t("By day");
  }
}
