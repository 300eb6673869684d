/** What is to go wrong in a run of the program, for faultHook.mjs. */

/** A call of a run that changes files or the store: the `number`th of those with this name. */
export interface Point {
  /** `main write journal stage`, `main rename out/ds/.../index.zip`, `worker open ...`, `main sql druid_segments INSERT`. */
  readonly name: string;
  readonly number: number;
}

/** Ends the process with SIGKILL. */
export interface Kill extends Point {
  /** `half`: a write has written half of it, a removal of a folder has removed its files. */
  readonly when: 'before' | 'half' | 'after';
}

/** Has calls fail, from one on. */
export interface Failure {
  readonly code: 'ENOSPC' | 'EROFS' | 'EACCES' | 'EIO';
  readonly calls: readonly ('mkdir' | 'open' | 'write' | 'fsync' | 'rename' | 'unlink' | 'rmdir' | 'rm' | 'truncate')[];
  /** Of paths that begin so. */
  readonly under: string;
  /** Calls that succeed before. */
  readonly after?: number;
}

export interface Faults {
  /** Folder that names of points are relative to. */
  readonly root?: string;
  /** File that gets a line for each call. */
  readonly trace?: string;
  readonly kill?: Kill;
  /** File that gets the name of the call that killed. */
  readonly hit?: string;
  readonly fail?: Failure;
}
