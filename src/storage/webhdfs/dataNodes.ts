/** Data requests go where the name node sends them; this is what to do when nobody is there. */

import type { IncomingMessage } from 'node:http';
import { HdfsError } from './HdfsError.ts';
import type { Call, WebHdfsClient } from './WebHdfsClient.ts';

/** Tries without any progress after which a file counts as not to be had. */
export const DATA_TRIES_MAX = 8;

/**
 * DataNodes that failed us. A name node believes in a dead one for ten minutes and keeps sending us there; `excludedatanodes` knows
 * DataNodes by host and *transfer* port, while a redirect names the HTTP port.
 */
export class FailedDataNodes {
  readonly #client: WebHdfsClient;
  readonly #excluded = new Set<string>();

  constructor(client: WebHdfsClient) {
    this.#client = client;
  }

  /** Parameters that keep the name node from sending us to them again. */
  get parameters(): { readonly excludedatanodes?: string } {
    return this.#excluded.size === 0 ? {} : { excludedatanodes: [...this.#excluded].join(',') };
  }

  /**
   * Takes one out. @param location of the redirect, as the name node wrote it
   * @param path of a file whose blocks it has, or null when it was to be written
   */
  async exclude(location: URL, path: string | null): Promise<void> {
    const address = path === null ? await this.#liveAddress(location) : await this.#blockAddress(location, path);
    this.#excluded.add(address ?? location.hostname);
  }

  get isEmpty(): boolean {
    return this.#excluded.size === 0;
  }

  /** Forgets them: where all are excluded, one may have come back. */
  clear(): void {
    this.#excluded.clear();
  }

  async #blockAddress({ hostname, port }: URL, path: string): Promise<string | null> {
    try {
      const { LocatedBlocks } = await this.#client.json<LocatedBlocksAnswer>({
        method: 'GET',
        op: 'GET_BLOCK_LOCATIONS',
        path,
        attempt: `find the blocks of ${path}`,
      });
      const nodes = LocatedBlocks.locatedBlocks.flatMap(({ locations }) => locations);
      const found = nodes.find(
        (node) =>
          (node.hostName === hostname || node.ipAddr === hostname) &&
          [node.infoPort, node.infoSecurePort].includes(Number(port)),
      );
      return found === undefined ? null : `${found.ipAddr}:${found.xferPort}`;
    } catch (error) {
      // Gateways do not know the call: the host alone has to do.
      if (error instanceof HdfsError) return null;
      throw error;
    }
  }

  async #liveAddress({ host }: URL): Promise<string | null> {
    // Of no guaranteed form, and often closed to users: without it the host alone has to do.
    const nodes = await this.#client.liveDataNodes().catch(() => []);
    return nodes.find(({ names }) => names.includes(host))?.transfer ?? null;
  }
}

interface LocatedBlocksAnswer {
  readonly LocatedBlocks: {
    readonly locatedBlocks: readonly {
      readonly locations: readonly {
        readonly ipAddr: string;
        readonly hostName: string;
        readonly infoPort: number;
        readonly infoSecurePort: number;
        readonly xferPort: number;
      }[];
    }[];
  };
}

/** An answer of a DataNode or of a gateway that serves the data itself. */
export interface DataAnswer {
  readonly body: IncomingMessage;
  /** Where it comes from as the name node called it; null for a gateway. */
  readonly location: URL | null;
}

/** Opens a file from an offset on, from any DataNode that answers. @throws HdfsError */
export async function openData(client: WebHdfsClient, call: Call, failed: FailedDataNodes): Promise<DataAnswer> {
  return withDataNodes(client, call, failed, call.path, async (location, reply) => {
    return { body: location === null ? reply : await client.ofDataNode(call, location), location };
  });
}

/**
 * Calls a name node and does what it redirects to, with one DataNode after the other until one succeeds.
 *
 * @param path of the file whose blocks DataNodes have, or null where they are to take new ones
 * @param serve gets null for the location where the answer is no redirect
 * @throws HdfsError the last one, or the first that no DataNode can change
 */
export async function withDataNodes<Result>(
  client: WebHdfsClient,
  call: Call,
  failed: FailedDataNodes,
  path: string | null,
  serve: (location: URL | null, reply: IncomingMessage) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    let location: URL | null = null;
    try {
      const parameters = { ...call.parameters, ...failed.parameters };
      const reply = await client.call({ ...call, parameters });
      location = client.locationOf(reply, call);
      return await serve(location, reply);
    } catch (error) {
      if (!(error instanceof HdfsError) || !error.retryable || tries === DATA_TRIES_MAX) throw error;
      const isNoneLeft = error.code === 'ENOSPC' || /Failed to find datanode/.test(error.message);
      if (isNoneLeft && !failed.isEmpty) {
        // One of them may have come back.
        failed.clear();
        await client.backOff(tries);
      } else if (isNoneLeft || location === null) throw error;
      else await failed.exclude(location, path);
    }
  }
}
