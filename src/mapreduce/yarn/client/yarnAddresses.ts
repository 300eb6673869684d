/** Where YARN's daemons listen, as yarn-site.xml and mapred-site.xml say it. */

export interface YarnAddresses {
  /** Web addresses of the ResourceManagers, `http://host:port`: several where they are highly available. */
  readonly resourceManagers: readonly string[];
  /** Web address of the job history server; null where none is named. */
  readonly history: string | null;
}

type Conf = Readonly<Record<string, string>>;

const RM_HTTP_PORT = 8088;
const RM_HTTPS_PORT = 8090;

/** @throws Error when the configuration names no ResourceManager */
export function yarnAddresses(conf: Conf): YarnAddresses {
  const isHttps = conf['yarn.http.policy'] === 'HTTPS_ONLY';
  const ids = (conf['yarn.resourcemanager.ha.rm-ids'] ?? '').split(',').map((id) => id.trim());
  const suffixes = conf['yarn.resourcemanager.ha.enabled'] === 'true' ? ids.map((id) => `.${id}`) : [''];
  const resourceManagers = suffixes.map((suffix) => resourceManager(conf, suffix, isHttps));
  const historyKey = `mapreduce.jobhistory.webapp${conf['mapreduce.jobhistory.http.policy'] === 'HTTPS_ONLY' ? '.https' : ''}.address`;
  const history = conf[historyKey];
  return {
    resourceManagers,
    history: history === undefined ? null : `${historyKey.includes('https') ? 'https' : 'http'}://${history.trim()}`,
  };
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
