/** Kerberos for the local Hadoop: a KDC of its own on 127.0.0.1, principals with keytabs, and what daemons have to be told. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST, paths, ports } from './settings.mjs';

const REALM = 'SEGMILL.TEST';
/** As Kerberos calls 127.0.0.1. */
const NAME = 'localhost';
const DAEMON_USERS = ['hdfs', 'yarn', 'mapred', 'HTTP'];
/** Who uses the cluster. */
const USER = 'alice';

/** Where everything of Kerberos lies. */
function places({ directory }) {
  const folder = join(directory, 'kerberos');
  return {
    folder,
    krb5Conf: join(folder, 'krb5.conf'),
    kdcConf: join(folder, 'kdc.conf'),
    database: join(folder, 'principal'),
    /** Of all daemons. */
    keytab: join(folder, 'daemons.keytab'),
    userKeytab: join(folder, `${USER}.keytab`),
    secret: join(folder, 'http-secret'),
  };
}

/** Makes the realm with its principals, once, and what Hadoop lacks here for it. */
export function prepareKerberos(settings) {
  const { folder, krb5Conf, kdcConf, database, keytab, userKeytab, secret } = places(settings);
  const { logs, conf, jars } = paths(settings);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = `${HOST}:${ports(settings).kdc}`;
  writeFileSync(
    krb5Conf,
    `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  udp_preference_limit = 1
[realms]
  ${REALM} = {
    kdc = ${at}
  }
`,
  );
  writeFileSync(
    kdcConf,
    `[kdcdefaults]
  kdc_listen = ${at}
  kdc_tcp_listen = ${at}
[realms]
  ${REALM} = {
    database_name = ${database}
    key_stash_file = ${join(folder, 'stash')}
  }
[logging]
  kdc = FILE:${join(logs, 'kdc-requests.log')}
`,
  );
  if (existsSync(userKeytab)) return;
  // The folder of the configuration is on all class paths before Hadoop's jars.
  run(settings, 'javac', ['-d', conf, '-cp', join(jars, '*'), join(import.meta.dirname, 'SecureIOUtils.java')]);
  run(settings, 'kdb5_util', ['create', '-s', '-r', REALM, '-P', 'a local Hadoop']);
  const daemons = DAEMON_USERS.map((user) => `${user}/${NAME}`);
  for (const principal of [...daemons, USER]) run(settings, 'kadmin.local', ['addprinc', '-randkey', principal]);
  run(settings, 'kadmin.local', ['ktadd', '-k', keytab, ...daemons]);
  writeFileSync(secret, crypto.randomUUID(), { mode: 0o600 });
  run(settings, 'kadmin.local', ['ktadd', '-k', userKeytab, USER]);
}

/** The KDC, as the list of daemons has it; nothing without Kerberos. */
export function kdcDaemons(settings) {
  if (!settings.kerberos) return [];
  return [
    { name: 'kdc', http: ports(settings).kdc, part: 'kdc', command: 'krb5kdc', main: 'krb5kdc', arguments: ['-n'] },
  ];
}

/** Variables with which daemons and their containers find the realm. */
export function kerberosEnv(settings) {
  if (!settings.kerberos) return {};
  const { krb5Conf, kdcConf } = places(settings);
  return {
    KRB5_CONFIG: krb5Conf,
    KRB5_KDC_PROFILE: kdcConf,
    JAVA_TOOL_OPTIONS: `-Djava.security.krb5.conf=${krb5Conf}`,
    PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
  };
}

/** How a client gets its ticket; nothing without Kerberos. */
export function ticketCommands(settings) {
  if (!settings.kerberos) return '';
  const { krb5Conf, userKeytab } = places(settings);
  return `export KRB5_CONFIG=${krb5Conf}\nkinit -k -t ${userKeytab} ${USER}\n`;
}

/** What the site files have to say besides, by file; nothing without Kerberos. */
export function security(settings) {
  if (!settings.kerberos) return { core: {}, hdfs: {}, yarn: {}, mapred: {} };
  const { keytab, secret } = places(settings);
  const principal = (user) => `${user}/${NAME}@${REALM}`;
  const both = (prefix, user) => ({
    [`${prefix}.keytab`]: keytab,
    [`${prefix}.principal`]: principal(user),
  });
  return {
    core: {
      'hadoop.security.authentication': 'kerberos',
      'hadoop.security.authorization': true,
      // The principals are no users of this machine.
      'hadoop.user.group.static.mapping.overrides': `hdfs=hadoop;mapred=hadoop;${USER}=hadoop;yarn=yarn;HTTP=http`,
      'hadoop.http.authentication.type': 'kerberos',
      'hadoop.http.authentication.kerberos.principal': principal('HTTP'),
      'hadoop.http.authentication.kerberos.keytab': keytab,
      'hadoop.http.authentication.signature.secret.file': secret,
    },
    hdfs: {
      'dfs.permissions.superusergroup': 'hadoop',
      'dfs.block.access.token.enable': true,
      'dfs.namenode.kerberos.principal': principal('hdfs'),
      'dfs.namenode.keytab.file': keytab,
      'dfs.datanode.kerberos.principal': principal('hdfs'),
      'dfs.datanode.keytab.file': keytab,
      'dfs.web.authentication.kerberos.principal': principal('HTTP'),
      'dfs.web.authentication.kerberos.keytab': keytab,
      'dfs.data.transfer.protection': 'authentication',
      // Else DataNodes want TLS, or ports that only root has.
      'ignore.secure.ports.for.testing': true,
    },
    yarn: {
      // Of YARN's web servers; those of HDFS have WebHDFS's own.
      'hadoop.http.filter.initializers': 'org.apache.hadoop.security.AuthenticationFilterInitializer',
      ...both('yarn.resourcemanager', 'yarn'),
      ...both('yarn.nodemanager', 'yarn'),
      'yarn.resourcemanager.webapp.spnego-principal': principal('HTTP'),
      'yarn.resourcemanager.webapp.spnego-keytab-file': keytab,
      'yarn.nodemanager.webapp.spnego-principal': principal('HTTP'),
      'yarn.nodemanager.webapp.spnego-keytab-file': keytab,
      'yarn.nodemanager.env-whitelist': 'JAVA_HOME,HADOOP_CONF_DIR,HADOOP_MAPRED_HOME,PATH,JAVA_TOOL_OPTIONS',
    },
    mapred: {
      ...both('mapreduce.jobhistory', 'mapred'),
      'mapreduce.jobhistory.webapp.spnego-principal': principal('HTTP'),
      'mapreduce.jobhistory.webapp.spnego-keytab-file': keytab,
    },
  };
}

function run(settings, command, args) {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...kerberosEnv(settings) },
  });
  if (error)
    throw new Error(
      `"${command}" cannot be started (${error.message}): --kerberos needs a JDK and MIT Kerberos' KDC (Debian: krb5-kdc, krb5-admin-server, krb5-user).`,
    );
  if (status !== 0) throw new Error(`"${command} ${args[0]}" failed: ${stderr.trim()}`);
}
