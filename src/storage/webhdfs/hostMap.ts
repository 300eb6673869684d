/** Other addresses for hosts that redirects name: containers know themselves by names that mean nothing outside. */

/** `datanode=127.0.0.1, datanode2:9864=127.0.0.1:9865`: host, or host and port, by what to connect to in its place. */
export const HOST_MAP_PROPERTY = 'segmill.hdfs.host-map';

export type HostMap = ReadonlyMap<string, string>;

/** @throws Error for an entry of another form */
export function parseHostMap(text: string | undefined): HostMap {
  const map = new Map<string, string>();
  for (const entry of (text ?? '').split(',').map((piece) => piece.trim())) {
    if (entry === '') continue;
    const match = /^([^=\s]+)\s*=\s*([^=\s]+)$/.exec(entry);
    if (match === null) {
      throw new Error(
        `${HOST_MAP_PROPERTY} has the entry '${entry}'. Write host=address or host:port=address:port, divided by commas.`,
      );
    }
    map.set(match[1].toLowerCase(), match[2]);
  }
  return map;
}

/** Where to connect for a URL; an entry with the port comes before one without. */
export function mapHost(url: URL, map: HostMap): URL {
  const target = map.get(url.host.toLowerCase()) ?? map.get(url.hostname.toLowerCase());
  if (target === undefined) return url;
  const mapped = new URL(url);
  const [hostname, port] = target.split(':');
  mapped.hostname = hostname;
  if (port !== undefined) mapped.port = port;
  return mapped;
}
