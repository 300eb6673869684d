import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CreateOptions, WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import { ATTEMPTS, ERRORS, UNITS } from './plan.ts';

/**
 * How an attempt of a task becomes the one that counts: its manifest is written under the attempt's own name and moved to the unit's,
 * which works for one attempt only and is seen at once and whole.
 */
export class UnitCommit {
  readonly #hdfs: WebHdfsStorage;
  readonly #directory: string;
  readonly #unit: string;
  readonly #attempt: string;

  /** @param directory folder of the pass. @param unit name of the unit's manifest. @param attempt name that no other attempt has */
  constructor(hdfs: WebHdfsStorage, directory: string, unit: string, attempt: string) {
    this.#hdfs = hdfs;
    this.#directory = directory;
    this.#unit = unit;
    this.#attempt = attempt;
  }

  /** Folder for the attempt's own files. */
  get attemptDirectory(): string {
    return `${this.#directory}/${ATTEMPTS}/${this.#attempt}`;
  }

  /** Another attempt has won. */
  async isDone(): Promise<boolean> {
    return (await this.#hdfs.status(`${this.#directory}/${UNITS}/${this.#unit}`)) !== null;
  }

  /** @returns whether this attempt won; what it wrote is gone if not */
  async commit(manifest: unknown): Promise<boolean> {
    const own = `${this.attemptDirectory}/${this.#unit}`;
    await this.#hdfs.mkdirs(this.attemptDirectory);
    await writeJson(this.#hdfs, own, manifest);
    await this.#hdfs.mkdirs(`${this.#directory}/${UNITS}`);
    if (await this.#hdfs.moveIfAbsent(own, `${this.#directory}/${UNITS}/${this.#unit}`)) return true;
    await this.#hdfs.remove(this.attemptDirectory, { recursive: true });
    return false;
  }

  /** Tells the driver why the attempt failed. */
  async fail(error: unknown): Promise<void> {
    await this.#hdfs.mkdirs(`${this.#directory}/${ERRORS}`);
    await writeJson(this.#hdfs, `${this.#directory}/${ERRORS}/${this.#attempt}.json`, error);
    await this.#hdfs.remove(this.attemptDirectory, { recursive: true });
  }
}

export async function writeJson(
  hdfs: WebHdfsStorage,
  path: string,
  document: unknown,
  options: CreateOptions = {},
): Promise<void> {
  await pipeline(Readable.from([Buffer.from(JSON.stringify(document))]), await hdfs.createWrite(path, options));
}

export async function readJson(hdfs: WebHdfsStorage, path: string): Promise<unknown> {
  const reader = await hdfs.openRead(path);
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.allocUnsafe(1 << 16);
      const count = await reader.read(chunk, 0, chunk.length);
      if (count === 0) return JSON.parse(Buffer.concat(chunks).toString('utf8'));
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    await reader.close();
  }
}
