import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What becomes of a statement on its way to the database: the connection breaks before it gets there, or when it is done but not yet
 * answered; nobody hears of it any more, and no connection breaks; or something else happens first.
 */
export type Fate = 'cut before' | 'cut after' | 'lost' | (() => Promise<unknown>);

/** A database's port that loses connections when it is told to. It speaks no TLS. */
export class StatementProxy {
  readonly port: number;
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #fates: { readonly statement: string; readonly fate: Fate; readonly isLast: boolean }[] = [];
  #isGone = false;

  private constructor(port: number, target: number, server: Server) {
    this.port = port;
    this.#target = target;
    this.#server = server;
    server.on('connection', (client) => this.#serve(client));
  }

  static async start(target: number): Promise<StatementProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new StatementProxy((server.address() as { port: number }).port, target, server);
  }

  /** For the next time that a statement of this text comes. */
  once(statement: string, fate: Fate): void {
    this.#fates.push({ statement, fate, isLast: false });
  }

  /** As `once`; nobody answers after that, until `comeBack`. */
  last(statement: string, fate: Fate): void {
    this.#fates.push({ statement, fate, isLast: true });
  }

  comeBack(): void {
    this.#isGone = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    if (this.#isGone) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.#target, '127.0.0.1');
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    let isLastAnswer = false;
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    upstream.on('data', (chunk) => {
      if (isLastAnswer) cut();
      else client.write(chunk);
    });
    let before: Promise<unknown> = Promise.resolve();
    client.on('data', (chunk) => {
      before = before.then(async () => {
        const fate = this.#fateOf(chunk);
        if (fate === 'cut before') {
          cut();
          return;
        }
        if (fate === 'lost') return;
        if (fate === 'cut after') isLastAnswer = true;
        else await fate?.();
        upstream.write(chunk);
      });
    });
  }

  #fateOf(chunk: Buffer): Fate | null {
    const [next] = this.#fates;
    if (next === undefined || !chunk.includes(next.statement)) return null;
    this.#fates.shift();
    if (next.isLast) this.#isGone = true;
    return next.fate;
  }
}
