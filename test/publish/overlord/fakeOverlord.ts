import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface FakeTask {
  readonly id: string;
  readonly groupId: string;
  readonly dataSource: string;
  readonly context: { readonly priority: number };
  ended: boolean;
  runs: boolean;
}

interface FakeLock {
  readonly groupId: string;
  readonly dataSource: string;
  readonly interval: string;
  readonly version: string;
  readonly priority: number;
  revoked: boolean;
  /** Tasks of the group that hold it. */
  readonly holders: Set<string>;
}

export interface FakeSegment {
  readonly dataSource: string;
  readonly interval: string;
  readonly version: string;
  readonly identifier: string;
  readonly shardSpec: { readonly type: string };
}

/** What happens to a request in place of its answer. */
export type Fault =
  /** The connection breaks before anything is done. */
  | 'dropped'
  /** It is done, and then the connection breaks. */
  | 'unanswered'
  /** No leader at the moment. */
  | 503
  /** The database failed. */
  | 500
  /** The database failed after the transaction. */
  | '500 after';

/**
 * An Overlord that keeps everything in memory and refuses what a real one refuses, in its words (Druid 33.0.0). Its versions are minutes of
 * 2026-01-01.
 */
export class FakeOverlord {
  readonly tasks = new Map<string, FakeTask>();
  readonly segments: FakeSegment[] = [];
  /** `POST /task`, `POST /action lockList`, in the order they came. */
  readonly requests: string[] = [];
  /** Values of the Authorization header. */
  readonly authorizations = new Set<string | undefined>();
  /** Wanted Authorization header. */
  authorization: string | null = null;
  /** Slots of the workers; a task without one stays pending. */
  slots = 2;
  /** Another Overlord, the leader. */
  leader: string | null = null;
  /** By name of the request, for its next tries. */
  readonly faults = new Map<string, Fault[]>();
  /** Called before a request is served. */
  onRequest: (name: string) => void = () => {};
  #locks: FakeLock[] = [];
  #versions = 0;
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Tasks that have not ended. */
  get active(): string[] {
    return [...this.tasks.values()].filter((task) => !task.ended).map(({ id }) => id);
  }

  /** A task of Druid that takes a lock, from whoever has less priority. @returns false where it is refused */
  compete(id: string, priority: number, interval: string, dataSource: string): boolean {
    return this.#lock(this.#add({ id, groupId: id, dataSource, context: { priority } }), interval) !== null;
  }

  end(id: string): void {
    const task = this.tasks.get(id);
    if (task === undefined || task.ended) return;
    task.ended = true;
    for (const lock of this.#locks) lock.holders.delete(id);
    this.#locks = this.#locks.filter(({ holders }) => holders.size > 0);
    this.#fillSlots();
  }

  #add(task: Omit<FakeTask, 'ended' | 'runs'>): FakeTask {
    const added = { ...task, ended: false, runs: false };
    this.tasks.set(task.id, added);
    this.#fillSlots();
    return added;
  }

  /** The oldest tasks run; the others are pending. */
  #fillSlots(): void {
    const active = this.active.map((id) => this.tasks.get(id) as FakeTask);
    for (const task of active.slice(0, this.slots)) task.runs = true;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = text === '' ? null : JSON.parse(text);
    const { pathname, search } = new URL(request.url as string, this.url);
    const path = pathname.replace('/druid/indexer/v1', '');
    const subject = path.replace(/^\/task\/[^/]+/, '/task/ID');
    const name = `${request.method} ${subject}${body?.action === undefined ? '' : ` ${body.action.type}`}`;
    this.requests.push(name);
    this.authorizations.add(request.headers.authorization);
    this.onRequest(name);
    const fault = this.faults.get(name)?.shift();
    if (fault === 'dropped') {
      request.socket.destroy();
      return;
    }
    const send = (status: number, answer: unknown) => {
      response.statusCode = status;
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    };
    if (this.leader !== null) {
      response.statusCode = 307;
      response.setHeader('Location', `${this.leader}${pathname}${search}`);
      response.end();
      return;
    }
    if (fault === 503) return send(503, '');
    if (fault === 500)
      return send(500, { error: 'org.skife.jdbi.v2.exceptions.CallbackFailedException: no connection' });
    if (this.authorization !== null && request.headers.authorization !== this.authorization) {
      return send(401, '<html>Unauthorized</html>');
    }
    const [status, answer] = this.#answer(name, path, body, new URLSearchParams(search));
    if (fault === 'unanswered') {
      request.socket.destroy();
      return;
    }
    if (fault === '500 after')
      return send(500, { error: 'org.skife.jdbi.v2.exceptions.CallbackFailedException: timed out' });
    send(status, answer);
  }

  // biome-ignore lint/suspicious/noExplicitAny: bodies of several shapes, made by the code under test
  #answer(name: string, path: string, body: any, query: URLSearchParams): [number, unknown] {
    const [, , id = '', verb] = path.split('/');
    if (name === 'POST /task') return this.#submit(body);
    if (name === 'GET /tasks') {
      const shown = this.active.map((active) => this.tasks.get(active) as FakeTask);
      return [200, shown.filter((task) => task.runs && task.dataSource === query.get('datasource'))];
    }
    const task = this.tasks.get(body?.task?.id ?? decodeURIComponent(id));
    if (body?.action === undefined && task === undefined) return [404, `Cannot find any task with id: [${id}]`];
    if (verb === 'shutdown') {
      this.end(id);
      return [200, { task: id }];
    }
    return this.#action(body.task, task, body.action);
  }

  #submit(body: FakeTask): [number, unknown] {
    if (this.tasks.has(body.id)) {
      return [400, { error: 'druidException', errorMessage: `Task[${body.id}] already exists` }];
    }
    this.#add(body);
    return [200, { task: body.id }];
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  #action(given: FakeTask, task: FakeTask | undefined, action: any): [number, unknown] {
    const held = this.#locks.filter(({ holders }) => holders.has(given.id));
    switch (action.type) {
      case 'lockTryAcquire':
        if (task === undefined || task.ended) {
          return [
            500,
            { error: `org.apache.druid.java.util.common.ISE: Unable to grant lock to inactive Task [${given.id}]` },
          ];
        }
        return [200, { result: shown(this.#lock(task, action.interval)) }];
      case 'lockList':
        return [200, { result: held.map(shown) }];
      case 'segmentListUsed':
        return [200, { result: this.#used(action.dataSource, action.intervals, action.visibility) }];
      case 'segmentTransactionalInsert': {
        const isCovered = (segment: FakeSegment) =>
          held.some(
            (lock) => !lock.revoked && lock.version >= segment.version && covers(lock.interval, segment.interval),
          );
        if (!action.segments.every(isCovered)) {
          return [
            500,
            {
              error: `org.apache.druid.java.util.common.ISE: Segments[[...]] are not covered by locks[[...]] for task[${given.id}]`,
            },
          ];
        }
        const known = new Set(this.segments.map(({ identifier }) => identifier));
        const added = action.segments.filter(({ identifier }: FakeSegment) => !known.has(identifier));
        this.segments.push(...added);
        return [200, { result: { segments: added, success: true, retryable: false, errorMsg: null } }];
      }
      default:
        throw new Error(`the fake does not know ${action.type}`);
    }
  }

  #used(dataSource: string, intervals: readonly string[], visibility: string): FakeSegment[] {
    const all = this.segments.filter((segment) => segment.dataSource === dataSource);
    const isHidden = ({ interval, version }: FakeSegment) =>
      all.some((other) => other.version > version && covers(other.interval, interval));
    return all.filter(
      (segment) =>
        intervals.some((interval) => overlap(interval, segment.interval)) &&
        (visibility !== 'ONLY_VISIBLE' || !isHidden(segment)),
    );
  }

  #lock(task: FakeTask, interval: string): FakeLock | null {
    const own = this.#locks.find(({ groupId, interval: held }) => groupId === task.groupId && held === interval);
    if (own !== undefined) {
      own.holders.add(task.id);
      return own;
    }
    const rivals = this.#locks.filter(
      (lock) => lock.dataSource === task.dataSource && !lock.revoked && overlap(lock.interval, interval),
    );
    if (rivals.some(({ priority }) => priority >= task.context.priority)) return null;
    for (const rival of rivals) rival.revoked = true;
    const lock: FakeLock = {
      groupId: task.groupId,
      dataSource: task.dataSource,
      interval,
      version: new Date(Date.UTC(2026, 0, 1) + this.#versions++ * 60_000).toISOString(),
      priority: task.context.priority,
      revoked: false,
      holders: new Set([task.id]),
    };
    this.#locks.push(lock);
    return lock;
  }
}

function shown(lock: FakeLock | null): object | null {
  if (lock === null) return null;
  const { holders: _, ...rest } = lock;
  return { type: 'EXCLUSIVE', ...rest };
}

function overlap(a: string, b: string): boolean {
  const [[startA, endA], [startB, endB]] = [a.split('/'), b.split('/')];
  return startA < endB && startB < endA;
}

function covers(a: string, b: string): boolean {
  const [[startA, endA], [startB, endB]] = [a.split('/'), b.split('/')];
  return startA <= startB && endB <= endA;
}
