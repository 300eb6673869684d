/** Files of HDFS, over WebHDFS or HttpFS: no Java, no native library. */

import { posix } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import type { DelegationToken } from '../../hadoop/tokenFile.ts';
import { byPath, expandGlob } from '../glob.ts';
import type { ByteReader, FileStatus, ReadRange, Storage } from '../storage.ts';
import { FailedDataNodes, withDataNodes } from './dataNodes.ts';
import { HdfsError } from './HdfsError.ts';
import { startUpload } from './http.ts';
import { type NameNodes, nameNodesOf, parseHdfsUri } from './nameNodes.ts';
import { type Call, type Parameters, WebHdfsClient } from './WebHdfsClient.ts';
import { WebHdfsReader } from './WebHdfsReader.ts';
import { WebHdfsWriter } from './WebHdfsWriter.ts';

/** How a new file is made. Numbers that are left out are the cluster's defaults. */
export interface CreateOptions {
  /** False: the file must not exist yet. Default true. */
  readonly overwrite?: boolean;
  /** Octal: `644`. */
  readonly permission?: string;
  readonly replication?: number;
}

/** A block of a file and the hosts that have it, in the cluster's own names. */
export interface BlockLocation {
  readonly offset: number;
  readonly length: number;
  readonly hosts: readonly string[];
}

export interface FileChecksum {
  /** `MD5-of-0MD5-of-512CRC32C`; only checksums of the same algorithm can be compared. */
  readonly algorithm: string;
  /** In hexadecimal. */
  readonly bytes: string;
}

export class WebHdfsStorage implements Storage {
  readonly scheme: string;
  readonly #nameNodes: NameNodes;
  readonly #client: WebHdfsClient;

  /**
   * @param uri any path of the file system, or just `hdfs://host:port`
   * @throws Error when it has no host and the configuration gives none
   */
  constructor(uri: string, client: HadoopClient) {
    const parsed = parseHdfsUri(uri);
    this.scheme = parsed.scheme;
    this.#nameNodes = nameNodesOf(parsed, client.conf);
    this.#client = new WebHdfsClient(this.#nameNodes, client);
  }

  /** The delegation token that we were given for it, if any. */
  get token(): DelegationToken | undefined {
    return this.#client.token;
  }

  /** A delegation token of this user, as text. It takes a ticket. @param renewer principal of whoever keeps it from expiring */
  async fetchToken(renewer: string): Promise<string> {
    const call = this.#call('GET', 'GETDELEGATIONTOKEN', '/', 'get a delegation token of', { renewer });
    return (await this.#client.json<{ Token: { urlString: string } }>(call)).Token.urlString;
  }

  /** Home directory of the user that the cluster takes us for. */
  async homeDirectory(): Promise<string> {
    const call = this.#call('GET', 'GETHOMEDIRECTORY', '/', 'find the home directory on');
    return (await this.#client.json<{ Path: string }>(call)).Path;
  }

  uriOf(path: string): string {
    return this.#nameNodes.prefix + pathIn(path);
  }

  async status(path: string): Promise<FileStatus | null> {
    try {
      const call = this.#call('GET', 'GETFILESTATUS', path, 'look at');
      const { FileStatus: status } = await this.#client.json<{ FileStatus: RemoteStatus }>(call);
      return fileStatus(this.uriOf(path), status);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async list(path: string): Promise<FileStatus[]> {
    let listed: readonly RemoteStatus[];
    try {
      const call = this.#call('GET', 'LISTSTATUS', path, 'list the directory');
      const answer = await this.#client.json<{ FileStatuses: { FileStatus: readonly RemoteStatus[] } }>(call);
      listed = answer.FileStatuses.FileStatus;
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
    const uri = this.uriOf(path);
    const prefix = uri.endsWith('/') ? uri : `${uri}/`;
    // A file lists itself, under no name.
    const children = listed.filter(({ pathSuffix }) => pathSuffix !== '');
    return children.map((child) => fileStatus(prefix + child.pathSuffix, child)).sort(byPath);
  }

  async glob(pattern: string): Promise<FileStatus[]> {
    return expandGlob(this, `${this.#nameNodes.prefix}/`, pathIn(pattern));
  }

  async openRead(path: string, range: ReadRange = {}): Promise<ByteReader> {
    const start = range.start ?? 0;
    const end = range.end ?? Infinity;
    const length = async () => (await this.#existing(path)).length;
    const readerTo = (to: number) =>
      new WebHdfsReader(this.#client, pathIn(path), `read ${this.uriOf(path)}`, { start, end: to }, length);
    const reader = readerTo(end);
    try {
      if (end > start) await reader.open();
      else await length();
      return reader;
    } catch (error) {
      // HDFS refuses a range that begins at the end or behind it; for us it is an empty one.
      if (error instanceof HdfsError && BEHIND_END.test(error.message)) return readerTo(start);
      throw error;
    }
  }

  async createWrite(path: string, options: CreateOptions = {}): Promise<Writable> {
    const { overwrite = true, ...others } = options;
    return this.#upload(this.#call('PUT', 'CREATE', path, 'write', { overwrite, ...others }), null);
  }

  /**
   * Makes a small file, unless there is one of that name.
   * @returns false where there is one, be it unfinished. The file appears before its content: to have both at once, write it under
   *   another name and `moveIfAbsent`
   */
  async createIfAbsent(
    path: string,
    content: Uint8Array,
    options: Omit<CreateOptions, 'overwrite'> = {},
  ): Promise<boolean> {
    try {
      await write(await this.createWrite(path, { ...options, overwrite: false }), content);
      return true;
    } catch (error) {
      if (error instanceof HdfsError && EXISTS.has(error.exception ?? '')) return false;
      throw error;
    }
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await write(await this.createWrite(path), bytes);
  }

  /** Adds to the end of a file. @throws HdfsError also where somebody else is writing it */
  async append(path: string, content: Uint8Array): Promise<void> {
    await write(await this.#upload(this.#call('POST', 'APPEND', path, 'append to'), pathIn(path)), content);
  }

  async rename(from: string, to: string): Promise<void> {
    // OVERWRITE is of FileContext's rename: it fails with a reason, where the plain one answers false or moves into a directory.
    const answer = await this.#rename(from, to, { renameoptions: 'OVERWRITE' }).catch(async (error: unknown) => {
      const mayBeDone = error instanceof HdfsError && error.code === 'ENOENT' && error.answerWasLost;
      if (mayBeDone && (await this.status(to)) !== null) return { boolean: undefined };
      throw error;
    });
    // HttpFS does not know it and answers a boolean, as the plain one does.
    if (answer.boolean === undefined) return;
    if (answer.boolean) {
      if (!(await this.#movedInto(from, to))) return;
      throw new HdfsError(
        this.#renameAttempt(from, to),
        { text: 'the target is a directory, and it was moved into that.' },
        null,
      );
    }
    const target = await this.status(to);
    if (target !== null && !target.isDirectory && (await this.status(from)) !== null) {
      await this.remove(to, { recursive: false });
      if ((await this.#rename(from, to, {})).boolean === true) return;
    }
    throw new HdfsError(this.#renameAttempt(from, to), { text: await this.#whyNotRenamed(from, to) }, null);
  }

  /**
   * Moves a file to a name that nobody has; of several who try at once, one succeeds.
   * @returns false when something of that name is there
   */
  async moveIfAbsent(from: string, to: string): Promise<boolean> {
    // The plain rename would move into a directory of that name.
    if ((await this.status(to)) !== null) return false;
    const { boolean } = await this.#rename(from, to, {});
    if (boolean === true) return true;
    const [source, target] = [await this.status(from), await this.status(to)];
    if (source !== null && target !== null) return false;
    // An answer got lost, and the call was made again: nobody but us moves our file.
    if (source === null && target !== null) return true;
    throw new HdfsError(this.#renameAttempt(from, to), { text: await this.#whyNotRenamed(from, to) }, null);
  }

  async remove(path: string, { recursive }: { readonly recursive: boolean }): Promise<void> {
    // False means that there was nothing; any other reason is an error of its own.
    await this.#client.json(this.#call('DELETE', 'DELETE', path, 'remove', { recursive }));
  }

  /** @param permission of the directories that are made, in octal; the default is the cluster's umask */
  async mkdirs(path: string, permission?: string): Promise<void> {
    const parameters: Parameters = permission === undefined ? {} : { permission };
    const call = this.#call('PUT', 'MKDIRS', path, 'make the directory', parameters);
    const { boolean } = await this.#client.json<{ boolean: boolean }>(call);
    if (!boolean) throw new HdfsError(call.attempt, { text: 'the name node refuses without a reason.' }, null);
  }

  /** Nothing to do: the DataNodes have all bytes of a file that was closed, and the NameNode logs each name before it answers. */
  async sync(): Promise<void> {}

  /** @param permission in octal: `755` */
  async setPermission(path: string, permission: string): Promise<void> {
    await this.#client.json(this.#call('PUT', 'SETPERMISSION', path, 'set the permission of', { permission }));
  }

  /** @returns the permission of what is there, in octal: `755`, `1777` */
  async permission(path: string): Promise<string> {
    const call = this.#call('GET', 'GETFILESTATUS', path, 'look at');
    return (await this.#client.json<{ FileStatus: RemoteStatus }>(call)).FileStatus.permission;
  }

  async checksum(path: string): Promise<FileChecksum> {
    const call = this.#call('GET', 'GETFILECHECKSUM', path, 'get the checksum of');
    const failed = new FailedDataNodes(this.#client);
    const { FileChecksum: found } = await withDataNodes(this.#client, call, failed, call.path, (location, reply) =>
      this.#client.readJson<{ FileChecksum: FileChecksum }>(call, location, reply),
    );
    return { algorithm: found.algorithm, bytes: found.bytes };
  }

  /** Where the blocks of a file lie. */
  async blockLocations(path: string): Promise<BlockLocation[]> {
    const call = this.#call('GET', 'GETFILEBLOCKLOCATIONS', path, 'find the blocks of');
    const answer = await this.#client.json<{ BlockLocations: { BlockLocation: readonly BlockLocation[] } }>(call);
    return answer.BlockLocations.BlockLocation.map(({ offset, length, hosts }) => ({ offset, length, hosts }));
  }

  async #upload(call: Call, path: string | null): Promise<Writable> {
    const failed = new FailedDataNodes(this.#client);
    return withDataNodes(this.#client, call, failed, path, async (location, reply) => {
      if (location === null) {
        reply.resume();
        throw new HdfsError(
          call.attempt,
          { text: 'the name node did not say to which DataNode.', retryable: false },
          null,
        );
      }
      const upload = await startUpload(this.#client.dataRequest(call.method, location)).catch((error) => {
        throw this.#client.unreachable(call.attempt, error, location);
      });
      const writer = new WebHdfsWriter(upload, { client: this.#client, attempt: call.attempt, location });
      if (upload.isAnswered) await writer.answered;
      return writer;
    });
  }

  async #existing(path: string): Promise<FileStatus> {
    const status = await this.status(path);
    if (status !== null) return status;
    const text = 'no such file or directory.';
    throw new HdfsError(
      `read ${this.uriOf(path)}`,
      { code: 'ENOENT', retryable: false, text },
      'FileNotFoundException',
    );
  }

  #rename(from: string, to: string, parameters: Parameters): Promise<{ readonly boolean?: boolean }> {
    const call = this.#call('PUT', 'RENAME', from, '', { destination: pathIn(to), ...parameters });
    return this.#client.json({ ...call, attempt: this.#renameAttempt(from, to) });
  }

  #renameAttempt(from: string, to: string): string {
    return `rename ${this.uriOf(from)} to ${this.uriOf(to)}`;
  }

  async #movedInto(from: string, to: string): Promise<boolean> {
    const target = await this.status(to);
    if (target === null || !target.isDirectory) return false;
    return (await this.status(posix.join(pathIn(to), posix.basename(pathIn(from))))) !== null;
  }

  async #whyNotRenamed(from: string, to: string): Promise<string> {
    if ((await this.status(from)) === null) return 'no such file or directory.';
    if ((await this.status(to)) !== null) return 'something of that name is in the way.';
    const parent = posix.dirname(pathIn(to));
    if ((await this.status(parent)) === null) return `the directory ${this.uriOf(parent)} does not exist.`;
    return 'the name node refuses without a reason.';
  }

  #call(method: Call['method'], op: string, path: string, verb: string, parameters: Parameters = {}): Call {
    return { method, op, path: pathIn(path), parameters, attempt: `${verb} ${this.uriOf(path)}` };
  }
}

/** As name nodes and HttpFS say it. */
const BEHIND_END = /out of the range|after EOF/;

const EXISTS: ReadonlySet<string> = new Set(['FileAlreadyExistsException', 'AlreadyBeingCreatedException']);

/** What WebHDFS says of a file. */
interface RemoteStatus {
  readonly permission: string;
  readonly pathSuffix: string;
  readonly type: 'FILE' | 'DIRECTORY' | 'SYMLINK';
  readonly length: number;
  readonly modificationTime: number;
}

function fileStatus(path: string, { type, length, modificationTime }: RemoteStatus): FileStatus {
  const isDirectory = type === 'DIRECTORY';
  return { path, length: isDirectory ? 0 : length, modificationMs: modificationTime, isDirectory };
}

/** The path within the file system: `.`, `..` and doubled slashes resolved, no slash at the end. Percent signs mean themselves. */
function pathIn(path: string): string {
  const plain = path.startsWith('/') ? path : parseHdfsUri(path).path;
  const normal = posix.normalize(plain);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function isAbsent(error: unknown): boolean {
  return error instanceof HdfsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

async function write(stream: Writable, content: Uint8Array): Promise<void> {
  stream.end(content);
  await finished(stream);
}
