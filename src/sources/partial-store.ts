import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { TraceError } from "../engine/errors.ts";
import { openTraceStore, type TraceStore } from "../store/store.ts";
import { lostSentence } from "../write/lost-sentence.ts";
import { recoverDatabase } from "../write/recovery.ts";
import { fileSignature } from "./watch.ts";

/** Says that a database is damaged, and what of it could not be read. */
export interface Damage {
  /** One or two sentences. */
  readonly sentence: string;
  /** False when every row could be read, and only what helps to find them is damaged. */
  readonly partial: boolean;
}

/** What could be read of a damaged database. */
interface Recovered {
  readonly store: TraceStore;
  readonly damage: Damage;
  /** How the damaged file looked. */
  readonly signature: string;
  close(): Promise<void>;
}

/**
 * A store that goes on when its database turns out to be damaged: then what can be read is brought into a database in the
 * system's folder for temporary files, and asked instead, until the file becomes another one.
 * @param open Opens the file as it is.
 * @param onDamage Told when answers begin to come from what could be read, and with undefined when they no longer do.
 */
export async function openPartialStore(
  file: string,
  open: () => Promise<TraceStore>,
  onDamage: (damage: Damage | undefined) => void,
): Promise<TraceStore> {
  const reader = new PartialReader(file, open, onDamage);
  return reader.start();
}

class PartialReader {
  private whole: TraceStore | undefined;
  private recovered: Promise<Recovered> | undefined;
  private closed = false;

  constructor(
    private readonly file: string,
    private readonly open: () => Promise<TraceStore>,
    private readonly onDamage: (damage: Damage | undefined) => void,
  ) {}

  async start(): Promise<TraceStore> {
    const first = await this.answer((store) => Promise.resolve(store));
    return new Proxy(first, {
      get: (target, key) => {
        if (key === "close") return () => this.close();
        if (key === "path") return path.resolve(this.file);
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) =>
          this.answer((store) =>
            Reflect.apply(Reflect.get(store, key) as () => Promise<unknown>, store, args),
          );
      },
    });
  }

  /** Asks the file, or what could be read of it. */
  private async answer<T>(ask: (store: TraceStore) => Promise<T>): Promise<T> {
    const recovered = await this.current();
    if (recovered !== undefined) return ask(recovered.store);
    try {
      this.whole ??= await this.open();
      return await ask(this.whole);
    } catch (thrown) {
      if (!(thrown instanceof TraceError) || !isDamage(thrown) || this.closed) throw thrown;
      return ask((await this.recover(thrown)).store);
    }
  }

  /** What could be read of the file as it is now; undefined when there is none, or it is of another state. */
  private async current(): Promise<Recovered | undefined> {
    const { recovered } = this;
    const made = await recovered?.catch(() => undefined);
    if (made === undefined || made.signature === (await fileSignature(this.file))) return made;
    if (this.recovered === recovered) {
      this.recovered = undefined;
      this.onDamage(undefined);
      // Calls that are under way are asked again by whoever hears of the change.
      await made.close();
    }
    return undefined;
  }

  private recover(cause: TraceError): Promise<Recovered> {
    if (this.recovered === undefined) {
      const recovering = recover(this.file);
      this.recovered = recovering;
      recovering.then(
        ({ damage }) => this.onDamage(damage),
        () => {
          if (this.recovered === recovering) this.recovered = undefined;
        },
      );
    }
    return this.recovered.catch((thrown: unknown) => {
      // The first sentence says what is wrong with the file.
      throw TraceError.from(thrown).kind === "cancelled" ? thrown : cause;
    });
  }

  private async close(): Promise<void> {
    this.closed = true;
    const { whole, recovered } = this;
    await whole?.close();
    await (await recovered?.catch(() => undefined))?.close();
  }
}

/** Where the first bytes are lost, nothing tells a database from another file but its pages. */
function isDamage({ kind }: TraceError): boolean {
  return kind === "corrupt" || kind === "not_a_database";
}

async function recover(file: string): Promise<Recovered> {
  const signature = await fileSignature(file);
  const folder = await mkdtemp(path.join(tmpdir(), "flujo-lens-"));
  const forget = () => rm(folder, { recursive: true, force: true });
  try {
    const out = path.join(folder, path.basename(file));
    const recovery = await recoverDatabase(file, out);
    const store = await openTraceStore(out);
    const damage = {
      partial: recovery.lost.length > 0,
      sentence: `${path.basename(file)} is damaged. ${lostSentence(recovery)}`,
    };
    return {
      store,
      damage,
      signature,
      close: async () => {
        await store.close();
        await forget();
      },
    };
  } catch (thrown) {
    await forget();
    throw thrown;
  }
}
