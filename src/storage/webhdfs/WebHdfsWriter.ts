/** The body of a CREATE or APPEND as a stream: `finish` means that HDFS has it all. */

import type { ClientRequest, IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { HdfsError, remoteError } from './HdfsError.ts';
import { remoteException, type WebHdfsClient } from './WebHdfsClient.ts';

/** What a stream is about. */
interface Target {
  readonly client: WebHdfsClient;
  /** For errors: `write hdfs://nn/a.zip`. */
  readonly attempt: string;
  readonly location: URL;
}

export class WebHdfsWriter extends Writable {
  readonly #upload: ClientRequest;
  readonly #answered: Promise<void>;

  /** @param upload connected, nothing of the body sent; owned by the stream from here on */
  constructor(upload: ClientRequest, target: Target) {
    super();
    this.#upload = upload;
    this.#answered = answerOf(upload, target);
    // An early answer is a refusal: whoever writes learns of it at once.
    this.#answered.catch((error: Error) => this.destroy(error));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#upload.write(chunk)) callback();
    else this.#upload.once('drain', () => callback());
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#upload.end();
    this.#answered.then(
      () => callback(),
      (error: Error) => callback(error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // After an answer this does nothing; before one it leaves an unfinished file, which the caller removes.
    this.#upload.destroy();
    callback(error);
  }
}

function answerOf(upload: ClientRequest, { client, attempt, location }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    upload.on('error', (error) => reject(client.unreachable(attempt, error, location)));
    upload.on('close', () => reject(new HdfsError(attempt, { text: 'the connection was closed.' }, null)));
    upload.on('response', (reply: IncomingMessage) => {
      if ((reply.statusCode as number) < 300) {
        reply.resume();
        reply.on('end', resolve);
        reply.on('error', (error) => reject(client.unreachable(attempt, error, location)));
        return;
      }
      remoteException(reply).then(
        (remote) => reject(remoteError(attempt, remote, client.user)),
        (error) => reject(client.unreachable(attempt, error, location)),
      );
    });
  });
}
