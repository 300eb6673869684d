/** The body of a CREATE or APPEND as a stream: `finish` means that HDFS has it all. */

import type { ClientRequest } from 'node:http';
import { Writable } from 'node:stream';
import { type RemoteException, remoteError } from './HdfsError.ts';
import { readText, type Upload } from './http.ts';
import { remoteException, type WebHdfsClient } from './WebHdfsClient.ts';

/** What a stream is about. */
interface Target {
  readonly client: WebHdfsClient;
  /** For errors: `write hdfs://nn/a.zip`. */
  readonly attempt: string;
  readonly location: URL;
}

type Callback = (error?: Error | null) => void;

export class WebHdfsWriter extends Writable {
  readonly #upload: ClientRequest;
  /** Resolves when HDFS has taken all, rejects when it refuses. */
  readonly answered: Promise<void>;
  /** A refusal that came before all was sent. Told when more is written, or the end: whoever writes listens by then. */
  #failure: Error | null = null;
  /** Of a write that waits for room. */
  #waiting: Callback | null = null;

  /** @param upload nothing of the body sent; owned by the stream from here on */
  constructor(upload: Upload, target: Target) {
    super();
    this.#upload = upload.request;
    this.answered = answerOf(upload, target);
    this.answered.catch((error: Error) => {
      this.#failure = error;
      this.#goOn();
    });
    upload.request.on('drain', () => this.#goOn());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    if (this.#failure !== null) callback(this.#failure);
    else if (this.#upload.write(chunk)) callback();
    else this.#waiting = callback;
  }

  override _final(callback: Callback): void {
    this.#upload.end();
    this.answered.then(
      () => callback(),
      (error: Error) => callback(error),
    );
  }

  override _destroy(error: Error | null, callback: Callback): void {
    // After an answer this does nothing; before one it leaves an unfinished file, which the caller removes.
    this.#upload.destroy();
    callback(error);
  }

  #goOn(): void {
    const callback = this.#waiting;
    this.#waiting = null;
    callback?.(this.#failure);
  }
}

/** @throws HdfsError for a refusal, and when the connection breaks */
async function answerOf({ reply }: Upload, { client, attempt, location }: Target): Promise<void> {
  let refusal: RemoteException;
  try {
    const message = await reply;
    if ((message.statusCode as number) < 300) {
      await readText(message);
      return;
    }
    refusal = await remoteException(message);
  } catch (error) {
    throw client.unreachable(attempt, error, location);
  }
  throw remoteError(attempt, refusal, client.user);
}
