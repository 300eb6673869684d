/** An input file that cannot be read as it was planned. Trying again would end alike, so engines fail the job at once. */
export class InputFileError extends Error {
  override readonly name = 'InputFileError';
  /** Read by engines. */
  readonly retryable = false;
  readonly details: {
    readonly path: string;
    /** Byte in the file (unpacked, for gzip) up to which it was read. */
    readonly offset: number;
  };

  constructor(message: string, path: string, offset: number, cause?: unknown) {
    super(message, { cause });
    this.details = { path, offset };
  }
}
