/** What stands behind a figure: spans or whole runs, with a sentence that names them. */
import type { PanelMethods } from "../../src/protocol/messages.ts";

type Paged<P> = Omit<P, "offset" | "limit">;

export type Behind =
  | {
      readonly kind: "spans";
      readonly title: string;
      readonly query: Paged<PanelMethods["spanList"]["params"]>;
    }
  | {
      readonly kind: "runs";
      readonly title: string;
      readonly query: Paged<PanelMethods["countedRuns"]["params"]>;
    };

export type ShowBehind = (behind: Behind) => void;
