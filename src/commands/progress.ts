import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";

/** Milliseconds that pass before a wait is worth showing. */
const PATIENCE = 100;

/**
 * Does `work`, and shows a notification with a way to cancel when it takes longer than a moment; how far it is, where the
 * work tells (0 to 1).
 * Rejects as `work` does, with `cancelled` when the user gave up.
 */
export async function withLateProgress<T>(
  title: string,
  work: (signal: AbortSignal, onProgress: (fraction: number) => void) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let reached = 0;
  let tell: (fraction: number) => void = () => {};
  const result = work(abort.signal, (fraction) => {
    reached = fraction;
    tell(fraction);
  });
  const settled = result.then(
    () => true,
    () => true,
  );
  const quick = await Promise.race([settled, wait(PATIENCE)]);
  if (quick) return result;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) =>
      new Promise<T>((resolve, reject) => {
        let told = 0;
        tell = (fraction) => {
          const increment = Math.floor((fraction - told) * 100);
          if (increment < 1) return;
          told = fraction;
          progress.report({ increment });
        };
        tell(reached);
        token.onCancellationRequested(() => {
          abort.abort();
          // At once, although the work may take a while to notice.
          reject(new TraceError("cancelled", vscode.l10n.t("Cancelled.")));
        });
        result.then(resolve, reject);
      }),
  );
}

function wait(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));
}
