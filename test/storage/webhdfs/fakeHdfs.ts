/** HDFS in this process: name nodes and DataNodes that speak WebHDFS on 127.0.0.1, keep files in memory and fail when told to. */

import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { posix } from 'node:path';

/** What a server is asked. */
export interface Asked {
  /** Number of the name node or DataNode. */
  readonly server: number;
  readonly op: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
}

/** Answers in place of the fake; false leaves it to that. */
export type Fault = (asked: Asked, response: ServerResponse) => boolean;

interface FakeOptions {
  readonly nameNodes?: number;
  readonly dataNodes?: number;
  /** Serves data itself and knows nothing of `renameoptions`, as HttpFS. */
  readonly isHttpFs?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export class FakeHdfs {
  readonly files = new Map<string, Buffer>();
  readonly directories = new Set<string>(['/']);
  /** `nn0 OPEN /a offset=3`, `dn1 OPEN /a`: every request in order, parameters without user and destination host. */
  readonly log: string[] = [];
  nameNodeFault: Fault = () => false;
  dataNodeFault: Fault = () => false;
  readonly #options: FakeOptions;
  readonly #nameNodes: Server[] = [];
  readonly #dataNodes: Server[] = [];

  private constructor(options: FakeOptions) {
    this.#options = options;
  }

  static async start(options: FakeOptions = {}): Promise<FakeHdfs> {
    const fake = new FakeHdfs(options);
    for (let i = 0; i < (options.nameNodes ?? 1); i++) {
      fake.#nameNodes.push(await fake.#listen((request, response) => fake.#nameNode(i, request, response)));
    }
    for (let i = 0; i < (options.dataNodes ?? 2); i++) {
      fake.#dataNodes.push(await fake.#listen((request, response) => fake.#dataNode(i, request, response)));
    }
    return fake;
  }

  /** `127.0.0.1:port` */
  nameNode(index = 0): string {
    return addressOf(this.#nameNodes[index]);
  }

  dataNode(index: number): string {
    return addressOf(this.#dataNodes[index]);
  }

  uri(path: string): string {
    return `webhdfs://${this.nameNode()}${path}`;
  }

  /** Ends a DataNode; the name nodes go on sending clients to it. Its address is refused from now on. */
  async stopDataNode(index: number): Promise<void> {
    await close(this.#dataNodes[index]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#nameNodes, ...this.#dataNodes].map(close));
  }

  async #listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
    const { tls } = this.#options;
    const server = tls === undefined ? http.createServer(handler) : https.createServer(tls, handler);
    // Files are made before their bytes are asked for.
    server.on('checkContinue', handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server as Server;
  }

  #asked(server: number, kind: string, request: IncomingMessage): Asked {
    const url = new URL(request.url as string, 'http://fake');
    const query = url.searchParams;
    const op = query.get('op') ?? url.pathname;
    const path = decodeURIComponent(url.pathname.replace('/webhdfs/v1', ''));
    const shown = [...query].filter(([name]) => !UNLOGGED.has(name)).map(([name, value]) => ` ${name}=${value}`);
    this.log.push(`${kind}${server} ${op} ${path}${shown.join('')}`);
    return { server, op, path, query, request };
  }

  #nameNode(index: number, request: IncomingMessage, response: ServerResponse): unknown {
    const asked = this.#asked(index, 'nn', request);
    if (this.nameNodeFault(asked, response)) return;
    const { op, path, query } = asked;
    switch (op) {
      case '/jmx':
        return json(response, { beans: [{ LiveNodes: JSON.stringify(this.#liveNodes()) }] });
      case 'GET_BLOCK_LOCATIONS':
        return json(response, { LocatedBlocks: { locatedBlocks: [{ locations: this.#locations() }] } });
      case 'GETFILEBLOCKLOCATIONS': {
        const length = this.files.get(path)?.length ?? 0;
        return json(response, { BlockLocations: { BlockLocation: [{ offset: 0, length, hosts: ['a', 'b'] }] } });
      }
      case 'GETFILESTATUS': {
        const status = this.#status(path, '');
        return status === null ? absent(response, path) : json(response, { FileStatus: status });
      }
      case 'LISTSTATUS': {
        if (this.#status(path, '') === null) return absent(response, path);
        return json(response, { FileStatuses: { FileStatus: this.#children(path) } });
      }
      case 'MKDIRS': {
        for (let at = path; at !== '/'; at = posix.dirname(at)) this.directories.add(at);
        return json(response, { boolean: true });
      }
      case 'DELETE':
        return json(response, { boolean: this.#delete(path) });
      case 'SETPERMISSION':
        return json(response, null);
      case 'RENAME':
        return this.#rename(path, query, response);
      case 'OPEN':
      case 'GETFILECHECKSUM':
        if (!this.files.has(path)) return absent(response, path);
        if (this.#isBehindEnd(path, query)) {
          const [offset, length] = [query.get('offset'), this.files.get(path)?.length];
          return remote(
            response,
            403,
            'IOException',
            `Offset=${offset} out of the range [0, ${length}); OPEN, path=${path}`,
          );
        }
        return this.#options.isHttpFs ? this.#serve(asked, response) : this.#redirect(asked, response);
      case 'CREATE':
      case 'APPEND':
        // HttpFS redirects to itself.
        if (this.#options.isHttpFs && query.has('data')) return this.#serve(asked, response);
        return this.#redirect(asked, response);
      default:
        return remote(response, 400, 'IllegalArgumentException', `Invalid value for op: ${op}`);
    }
  }

  #isBehindEnd(path: string, query: URLSearchParams): boolean {
    const { length } = this.files.get(path) as Buffer;
    return length > 0 && Number(query.get('offset') ?? 0) >= length;
  }

  #redirect({ server, path, query }: Asked, response: ServerResponse): unknown {
    const location = new URL(`/webhdfs/v1${encodeURI(path)}`, `http://${this.nameNode(server)}`);
    if (this.#options.tls !== undefined) location.protocol = 'https:';
    for (const [name, value] of query) location.searchParams.set(name, value);
    if (this.#options.isHttpFs) location.searchParams.set('data', 'true');
    else {
      const excluded = (query.get('excludedatanodes') ?? '').split(',');
      const chosen = this.#dataNodes.findIndex((_, i) => !excluded.includes(transferAddress(i)));
      if (chosen < 0)
        return remote(response, 403, 'IOException', `Failed to find datanode, suggest to check cluster health.`);
      location.host = this.dataNode(chosen);
      location.searchParams.delete('excludedatanodes');
    }
    return response.writeHead(307, { location: location.href, 'content-length': 0 }).end();
  }

  #dataNode(index: number, request: IncomingMessage, response: ServerResponse): void {
    const asked = this.#asked(index, 'dn', request);
    if (!this.dataNodeFault(asked, response)) this.#serve(asked, response);
  }

  #serve({ op, path, query, request }: Asked, response: ServerResponse): unknown {
    const content = this.files.get(path);
    if (op === 'OPEN') {
      const offset = Number(query.get('offset') ?? 0);
      const length = query.has('length') ? Number(query.get('length')) : Infinity;
      const bytes = (content as Buffer).subarray(offset, offset + length);
      return response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    }
    if (op === 'GETFILECHECKSUM') {
      return json(response, { FileChecksum: { algorithm: 'MD5', bytes: '00ff', length: 2 } });
    }
    // As a DataNode: it wants the bytes before it knows that it may have them.
    response.writeContinue();
    if (op === 'CREATE' && query.get('overwrite') === 'false' && content !== undefined) {
      return remote(
        response,
        403,
        'FileAlreadyExistsException',
        `${path} for client 127.0.0.1 already exists\n\tat java.lang`,
      );
    }
    // The file is there before its bytes are.
    if (op === 'CREATE') this.files.set(path, Buffer.alloc(0));
    return readAll(request).then(
      (bytes) => {
        this.files.set(path, Buffer.concat([this.files.get(path) as Buffer, bytes]));
        response.writeHead(op === 'CREATE' ? 201 : 200, { 'content-length': 0 }).end();
      },
      () => undefined,
    );
  }

  #rename(from: string, query: URLSearchParams, response: ServerResponse): unknown {
    const to = query.get('destination') as string;
    const content = this.files.get(from);
    const isOverwrite = query.get('renameoptions') === 'OVERWRITE' && !this.#options.isHttpFs;
    if (isOverwrite) {
      if (content === undefined) return absent(response, from);
      this.files.set(to, content);
      this.files.delete(from);
      return response.writeHead(200, { 'content-length': 0 }).end();
    }
    const target = this.directories.has(to) ? posix.join(to, posix.basename(from)) : to;
    const done = content !== undefined && !this.files.has(target) && this.directories.has(posix.dirname(target));
    if (done) {
      this.files.set(target, content);
      this.files.delete(from);
    }
    return json(response, { boolean: done });
  }

  #delete(path: string): boolean {
    const inside = [...this.files.keys(), ...this.directories].filter(
      (name) => name === path || name.startsWith(`${path}/`),
    );
    for (const name of inside) {
      this.files.delete(name);
      this.directories.delete(name);
    }
    return inside.length > 0;
  }

  #status(path: string, pathSuffix: string): object | null {
    const content = this.files.get(path);
    const isDirectory =
      this.directories.has(path) ||
      [...this.files.keys()].some((name) => name.startsWith(`${path === '/' ? '' : path}/`));
    if (content === undefined && !isDirectory) return null;
    const type = content === undefined ? 'DIRECTORY' : 'FILE';
    return { pathSuffix, type, length: content?.length ?? 0, modificationTime: 1_700_000_000_000 };
  }

  #children(path: string): (object | null)[] {
    if (this.files.has(path)) return [this.#status(path, '')];
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = new Set<string>();
    for (const name of [...this.files.keys(), ...this.directories]) {
      if (name.startsWith(prefix) && name !== '/') names.add(name.slice(prefix.length).split('/')[0]);
    }
    return [...names].map((name) => this.#status(prefix + name, name));
  }

  #locations(): object[] {
    return this.#dataNodes.map((_, i) => {
      const [ipAddr, infoPort] = this.dataNode(i).split(':');
      return { ipAddr, hostName: ipAddr, infoPort: Number(infoPort), infoSecurePort: 0, xferPort: TRANSFER_PORT + i };
    });
  }

  #liveNodes(): Record<string, object> {
    const nodes = this.#dataNodes.map((_, i) => {
      const address = { infoAddr: this.dataNode(i), infoSecureAddr: '127.0.0.1:0', xferaddr: transferAddress(i) };
      return [transferAddress(i), address];
    });
    return Object.fromEntries(nodes);
  }
}

const UNLOGGED: ReadonlySet<string> = new Set(['op', 'user.name', 'overwrite', 'qry', 'doas', 'delegation']);
const TRANSFER_PORT = 9001;

/** The address by which `excludedatanodes` knows a DataNode. */
export function transferAddress(index: number): string {
  return `127.0.0.1:${TRANSFER_PORT + index}`;
}

export function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** An error as Hadoop answers it. */
export function remote(response: ServerResponse, status: number, exception: string, message: string): void {
  response.shouldKeepAlive = false;
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ RemoteException: { exception, javaClassName: `org.apache.hadoop.${exception}`, message } }));
}

function absent(response: ServerResponse, path: string): void {
  remote(response, 404, 'FileNotFoundException', `File does not exist: ${path}`);
}

function addressOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
