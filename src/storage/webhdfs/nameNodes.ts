/** From the URI of a file to the HTTP addresses of its name nodes. */

import type { HadoopConf } from '../../hadoop/conf/readHadoopConf.ts';

/** Schemes of HDFS: by the name nodes' RPC address (whose HTTP address is looked up), by their HTTP address, by their HTTPS address. */
export const HDFS_SCHEMES: ReadonlySet<string> = new Set(['hdfs', 'webhdfs', 'swebhdfs']);

/** A file system and where its name nodes listen. */
export interface NameNodes {
  /** Scheme and authority, `hdfs://nn:8020`: paths begin with it. */
  readonly prefix: string;
  /** The name nodes' host names or the name service, as tokens are made out to. */
  readonly authority: string;
  /** `http://host:port`; several where the name nodes are highly available, or one of HttpFS. */
  readonly urls: readonly string[];
}

/** Address of an HttpFS or Knox gateway that is asked in place of name nodes, such as `http://gateway:14000`. */
export const GATEWAY_PROPERTY = 'segmill.hdfs.gateway';

const HTTP_PORT_DEFAULT = 9870;
const HTTPS_PORT_DEFAULT = 9871;

/** An HDFS path taken apart; `path` is absolute and may be a pattern. */
export interface HdfsUri {
  readonly scheme: string;
  /** Empty where the URI has none. */
  readonly authority: string;
  readonly path: string;
}

/** @throws Error for a path that is not absolute: `hdfs:data` */
export function parseHdfsUri(uri: string): HdfsUri {
  const [, scheme, rest] = /^([A-Za-z]+):(.*)$/s.exec(uri) as RegExpExecArray;
  const [, authority = '', path] = /^(?:\/\/([^/]*))?(.*)$/s.exec(rest) as RegExpExecArray;
  if (path !== '' && !path.startsWith('/')) {
    throw new Error(`The path ${uri} is not absolute. Write hdfs://host:port/path, or hdfs:///path for fs.defaultFS.`);
  }
  return { scheme: scheme.toLowerCase(), authority, path: path === '' ? '/' : path };
}

/**
 * The name nodes behind a scheme and an authority.
 * @throws Error when the authority is empty and `fs.defaultFS` gives none, or when a name service has no addresses
 */
export function nameNodesOf(uri: Pick<HdfsUri, 'scheme' | 'authority'>, conf: HadoopConf): NameNodes {
  const { scheme } = uri;
  const authority = uri.authority === '' ? defaultAuthority(scheme, conf) : uri.authority;
  const isHttps = scheme === 'swebhdfs' || (scheme === 'hdfs' && conf['dfs.http.policy'] === 'HTTPS_ONLY');
  const gateway = conf[GATEWAY_PROPERTY];
  const urls =
    gateway !== undefined ? [gateway.trim().replace(/\/+$/, '')] : addresses(scheme, authority, isHttps, conf);
  return { prefix: `${scheme}://${authority}`, authority, urls };
}

function defaultAuthority(scheme: string, conf: HadoopConf): string {
  const defaultFs = conf['fs.defaultFS']?.trim();
  const found = defaultFs === undefined ? null : /^([A-Za-z]+):\/\/([^/]+)/.exec(defaultFs);
  if (found !== null && found[1].toLowerCase() === scheme) return found[2];
  throw new Error(
    `${scheme}: paths without a host need fs.defaultFS, which ${defaultFs === undefined ? 'no Hadoop configuration gives' : `is ${defaultFs}`}. ` +
      `Write ${scheme}://host:port/path, or name the configuration by --hadoop-conf or HADOOP_CONF_DIR.`,
  );
}

function addresses(scheme: string, authority: string, isHttps: boolean, conf: HadoopConf): string[] {
  const key = isHttps ? 'dfs.namenode.https-address' : 'dfs.namenode.http-address';
  const protocol = isHttps ? 'https' : 'http';
  const ids = names(conf[`dfs.ha.namenodes.${authority}`]);
  if (ids.length > 0) {
    return ids.map((id) => {
      const address = conf[`${key}.${authority}.${id}`]?.trim();
      if (address !== undefined) return `${protocol}://${address}`;
      // RPC and HTTP listen on the same host.
      const rpc = conf[`dfs.namenode.rpc-address.${authority}.${id}`]?.trim();
      if (rpc !== undefined) return `${protocol}://${hostOf(rpc)}:${isHttps ? HTTPS_PORT_DEFAULT : HTTP_PORT_DEFAULT}`;
      throw new Error(
        `The name service ${authority} has a name node ${id}, but hdfs-site.xml has no ${key}.${authority}.${id}. Add it.`,
      );
    });
  }
  if (scheme !== 'hdfs') {
    const hasPort = /:\d+$/.test(authority);
    return [`${protocol}://${authority}${hasPort ? '' : `:${isHttps ? HTTPS_PORT_DEFAULT : HTTP_PORT_DEFAULT}`}`];
  }
  return [`${protocol}://${httpAddress(authority, key, isHttps, conf)}`];
}

/** Where a single name node listens, by its RPC authority. */
function httpAddress(authority: string, key: string, isHttps: boolean, conf: HadoopConf): string {
  const host = hostOf(authority);
  const service = names(conf['dfs.nameservices']).find(
    (name) => name === authority || conf[`dfs.namenode.rpc-address.${name}`]?.trim() === authority,
  );
  const configured = conf[service === undefined ? key : `${key}.${service}`]?.trim();
  // Of another cluster than fs.defaultFS the configuration knows nothing.
  const isOurs = service !== undefined || isDefaultFs(authority, conf);
  if (configured === undefined || !isOurs) return `${host}:${isHttps ? HTTPS_PORT_DEFAULT : HTTP_PORT_DEFAULT}`;
  const port = configured.slice(configured.lastIndexOf(':') + 1);
  const configuredHost = hostOf(configured);
  return configuredHost === '0.0.0.0' || configuredHost === '' ? `${host}:${port}` : `${configuredHost}:${port}`;
}

function isDefaultFs(authority: string, conf: HadoopConf): boolean {
  const defaultFs = conf['fs.defaultFS'];
  return defaultFs === undefined || /^hdfs:\/\/([^/]+)/.exec(defaultFs.trim())?.[1] === authority;
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '');
}

function names(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
