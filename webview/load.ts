import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ErrorValue, PanelMethod, PanelMethods } from "../src/protocol/messages.ts";
import { RequestError, type RpcClient } from "./rpc.ts";
import { strings } from "./strings.ts";

/** Milliseconds before a wait becomes visible. Shorter ones would only flicker. */
const VISIBLE_WAIT = 100;

type Params<M extends PanelMethod> = PanelMethods[M]["params"];
type Result<M extends PanelMethod> = PanelMethods[M]["result"];

/**
 * One kind of answer that an element shows: asks for it, keeps the newest one, and tells the element when to draw.
 * A new question replaces the one before; a refresh waits for the question under way.
 */
export class Load<M extends PanelMethod> implements ReactiveController {
  /** The newest answer; kept while a refresh is under way. */
  value: Result<M> | undefined;
  /** Why the last question has no answer. */
  error: ErrorValue | undefined;
  /** True when the question under way takes long enough to say so. */
  slow = false;
  /** True while the question under way only renews an answer that stays on screen. */
  renewing = false;
  /** 0 to 1, when the panel reports it. */
  fraction: number | undefined;

  readonly #host: ReactiveControllerHost;
  readonly #rpc: () => RpcClient;
  readonly #method: M;
  #params: Params<M> | undefined;
  #abort: AbortController | undefined;
  #again = false;
  #next: Params<M> | undefined;

  constructor(host: ReactiveControllerHost, rpc: () => RpcClient, method: M) {
    this.#host = host;
    this.#rpc = rpc;
    this.#method = method;
    host.addController(this);
  }

  get loading(): boolean {
    return this.#abort !== undefined;
  }

  hostDisconnected(): void {
    this.#stop();
  }

  /** Asks. The former answer stays on screen meanwhile when `keep` is true. */
  ask(params: Params<M>, keep = false): void {
    this.#stop();
    this.#params = params;
    if (!keep) this.value = undefined;
    void this.#run(params);
  }

  /**
   * Asks what follows quickly on the question before, as while something is dragged: that one is let finish unless it is slow,
   * and of those that wait only the newest is asked. Answers stay on screen.
   */
  follow(params: Params<M>): void {
    if (this.loading && !this.slow) this.#next = params;
    else this.ask(params, true);
  }

  /** Asks the last question once more: now, or right after the one under way. */
  refresh(): void {
    if (this.#params === undefined) return;
    if (this.loading) {
      this.#again = true;
      return;
    }
    this.renewing = this.value !== undefined;
    void this.#run(this.#params);
  }

  /** Gives up the question under way and says so. */
  cancel(): void {
    if (!this.loading) return;
    this.#stop();
    this.error = { kind: "cancelled", message: strings.cancelled };
    this.#host.requestUpdate();
  }

  /** Forgets question and answer. */
  clear(): void {
    this.#stop();
    this.#params = undefined;
    this.value = undefined;
    this.error = undefined;
    this.#host.requestUpdate();
  }

  #stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#again = false;
    this.#next = undefined;
    this.renewing = false;
    this.slow = false;
    this.fraction = undefined;
  }

  /** While the database cannot be read between two changes, the answer before stays, marked as old. */
  #fail(error: ErrorValue): void {
    const old = error.kind === "busy" ? staleAnswer(this.value) : undefined;
    this.error = old === undefined ? error : undefined;
    if (old !== undefined) this.value = old;
  }

  async #run(params: Params<M>): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const timer = setTimeout(() => {
      if (this.#abort !== abort) return;
      this.slow = true;
      if (this.#next !== undefined) this.ask(this.#next, true);
      this.#host.requestUpdate();
    }, VISIBLE_WAIT);
    const onProgress = (fraction: number) => {
      this.fraction = fraction;
      if (this.slow) this.#host.requestUpdate();
    };
    this.#host.requestUpdate();
    try {
      const value = await this.#rpc().request(this.#method, params, { signal: abort.signal, onProgress });
      if (this.#abort === abort) {
        this.value = value;
        this.error = undefined;
      }
    } catch (thrown) {
      if (this.#abort === abort) this.#fail(toErrorValue(thrown));
    } finally {
      clearTimeout(timer);
      if (this.#abort === abort) {
        const again = this.#again;
        const next = this.#next;
        this.#stop();
        this.#host.requestUpdate();
        if (next !== undefined) this.ask(next, true);
        else if (again) this.refresh();
      }
    }
  }
}

/** The answer with its snapshot marked as stale; undefined when it has none. */
function staleAnswer<T>(value: T): T | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("snapshot" in value) return { ...value, snapshot: { ...Object(value.snapshot), stale: true } };
  if ("statistics" in value) return { ...value, statistics: staleAnswer(value.statistics) };
  return undefined;
}

function toErrorValue(thrown: unknown): ErrorValue {
  if (thrown instanceof RequestError) return thrown.toValue();
  return {
    kind: "internal",
    message: strings.unexpected(thrown instanceof Error ? thrown.message : String(thrown)),
  };
}
