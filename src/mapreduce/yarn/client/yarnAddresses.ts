/** Where the daemons of YARN and MapReduce listen, as the site files say it. */

export interface YarnAddresses {
  /** Web addresses of the ResourceManagers, `http://host:port`: several where they are highly available. */
  readonly resourceManagers: readonly string[];
}

type Conf = Readonly<Record<string, string>>;

const RM_HTTP_PORT = 8088;
const RM_HTTPS_PORT = 8090;

/** @throws Error when the configuration names no ResourceManager */
export function yarnAddresses(conf: Conf): YarnAddresses {
  const isHttps = conf['yarn.http.policy'] === 'HTTPS_ONLY';
  const ids = (conf['yarn.resourcemanager.ha.rm-ids'] ?? '').split(',').map((id) => id.trim());
  const suffixes = conf['yarn.resourcemanager.ha.enabled'] === 'true' ? ids.map((id) => `.${id}`) : [''];
  return { resourceManagers: suffixes.map((suffix) => resourceManager(conf, suffix, isHttps)) };
}

/** Web address of MapReduce's history server, where the configuration has one, else null. */
export function historyAddress(conf: Conf): string | null {
  const isHttps = conf['mapreduce.jobhistory.http.policy'] === 'HTTPS_ONLY';
  const address = conf[`mapreduce.jobhistory.webapp.${isHttps ? 'https.' : ''}address`]?.trim();
  if (address === undefined || address.startsWith('0.0.0.0')) return null;
  return `${isHttps ? 'https' : 'http'}://${address}`;
}

function resourceManager(conf: Conf, suffix: string, isHttps: boolean): string {
  const key = `yarn.resourcemanager.webapp.${isHttps ? 'https.' : ''}address${suffix}`;
  const protocol = isHttps ? 'https' : 'http';
  const address = conf[key]?.trim();
  if (address !== undefined && !address.startsWith('0.0.0.0')) return `${protocol}://${address}`;
  const host = conf[`yarn.resourcemanager.hostname${suffix}`]?.trim();
  if (host !== undefined && host !== '0.0.0.0')
    return `${protocol}://${host}:${isHttps ? RM_HTTPS_PORT : RM_HTTP_PORT}`;
  throw new Error(
    `The Hadoop configuration does not say where the ResourceManager is. Add ${key} or yarn.resourcemanager.hostname${suffix} to ` +
      'yarn-site.xml, and name its folder by --hadoop-conf or HADOOP_CONF_DIR.',
  );
}
