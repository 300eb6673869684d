/** What HDFS refuses or fails at, in sentences: what, where, why, what to do. */

import { clockSkew, NEEDS_KERBEROS } from '../../hadoop/spnego.ts';

/** An answer's `RemoteException`. */
export interface RemoteException {
  readonly status: number;
  /** Simple class name: `AccessControlException`. */
  readonly exception: string;
  /** One line; Java's stack trace is cut off. */
  readonly message: string;
}

export class HdfsError extends Error {
  override readonly name = 'HdfsError';
  /** As Node's file system has it: `ENOENT`, `EACCES`; undefined where none fits. */
  readonly code: string | undefined;
  /** Simple name of Hadoop's exception; null when nobody answered. */
  readonly exception: string | null;
  /** False where another attempt would end alike; engines read it. */
  readonly retryable: boolean;
  /** An answer to the same call got lost before this one: what was asked for may have been done. */
  answerWasLost = false;

  /** @param attempt what could not be done, URI included: `open hdfs://nn/a.json` */
  constructor(attempt: string, reason: Reason, exception: string | null) {
    super(`Cannot ${attempt}: ${reason.text}`);
    this.code = reason.code;
    this.exception = exception;
    this.retryable = reason.retryable ?? true;
  }
}

export interface Reason {
  readonly text: string;
  readonly code?: string;
  readonly retryable?: boolean;
}

/** The error for what a name node or DataNode answered. @param who asked, for permissions; null where a ticket or token says it */
export function remoteError(attempt: string, remote: RemoteException, who: string | null): HdfsError {
  return new HdfsError(attempt, reasonOf(remote, who), remote.exception);
}

function reasonOf({ exception, message, status }: RemoteException, who: string | null): Reason {
  const said = sentence(message);
  const known = REASONS[exception];
  if (known !== undefined) return known(said, who);
  if (/clock skew/i.test(message)) return notLetIn(clockSkew(said));
  if (/is not allowed to impersonate|not authorized to impersonate/.test(message)) return NOT_A_PROXY(said);
  if (/is expired|can't be found in cache|InvalidToken/.test(message)) return BAD_TOKEN(said);
  if (/could only be (written|replicated) to 0/.test(message)) {
    return {
      code: 'ENOSPC',
      text: `no DataNode took the block: all are full, down or not reachable from the name node. ${said}`,
    };
  }
  if (/^Failed to find datanode/.test(message)) {
    return {
      text: `the name node finds no DataNode for it: all are full, down or left out after they failed. ${said}`,
    };
  }
  if (status === 401) return notLetIn(NEEDS_KERBEROS);
  return exception === ''
    ? notWebHdfs(`HTTP status ${status}${said === '' ? '' : `: ${said}`}`)
    : { text: `${exception}: ${said}` };
}

/** What answered is something else. @param answer in a few words */
export function notWebHdfs(answer: string): Reason {
  return {
    text:
      `the answer is none of WebHDFS (${answer.replace(/\.$/, '')}). Is the address that of the name node's HTTP server ` +
      '(dfs.namenode.http-address, by default port 9870), or of HttpFS?',
  };
}

function NOT_A_PROXY(said: string): Reason {
  return {
    code: 'EACCES',
    retryable: false,
    text:
      `${said} HADOOP_PROXY_USER asks to act for another user: unset it, or let the cluster's administrator allow it by ` +
      'hadoop.proxyuser.<user>.hosts and .groups in core-site.xml.',
  };
}

function BAD_TOKEN(said: string): Reason {
  return {
    code: 'EACCES',
    retryable: false,
    text:
      `the delegation token is no longer taken: ${said} Fetch a new one by "hdfs fetchdt FILE" and name the file in ` +
      'HADOOP_TOKEN_FILE_LOCATION.',
  };
}

/** Kerberos' own reasons. */
export function notLetIn(text: string): Reason {
  return { code: 'EACCES', retryable: false, text };
}

const REASONS: Readonly<Record<string, (said: string, who: string | null) => Reason>> = {
  FileNotFoundException: () => ({ code: 'ENOENT', retryable: false, text: 'no such file or directory.' }),
  FileAlreadyExistsException: () => ({ code: 'EEXIST', retryable: false, text: 'a file of that name is in the way.' }),
  AccessControlException: (said, who) => ({
    code: 'EACCES',
    retryable: false,
    text:
      who === null
        ? `${said} Ask for the permission.`
        : `${said} We act as the user ${who}: ask for the permission, or set HADOOP_USER_NAME to a user who has it.`,
  }),
  SafeModeException: () => ({
    code: 'EROFS',
    retryable: false,
    text:
      'the name node is in safe mode, in which nothing can be changed. Run the job again when it has left it; ' +
      '"hdfs dfsadmin -safemode get" tells, "-safemode leave" ends it.',
  }),
  DSQuotaExceededException: (said) => ({
    code: 'EDQUOT',
    retryable: false,
    text: `the space quota is used up. ${said}`,
  }),
  NSQuotaExceededException: (said) => ({
    code: 'EDQUOT',
    retryable: false,
    text: `the quota of files and directories is used up. ${said}`,
  }),
  AuthorizationException: NOT_A_PROXY,
  InvalidToken: BAD_TOKEN,
  ParentNotDirectoryException: () => ({
    code: 'ENOTDIR',
    retryable: false,
    text: 'a part of the path is a file, not a directory.',
  }),
  PathIsNotEmptyDirectoryException: () => ({
    code: 'ENOTEMPTY',
    retryable: false,
    text: 'the directory is not empty.',
  }),
};

/** Ends with a full stop. */
function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The error for nobody answering. @param where `http://nn:9870`, all that were asked @param role of that machine, to tell what to check */
export function unreachableError(
  attempt: string,
  error: unknown,
  where: string,
  role: 'name node' | 'DataNode',
): HdfsError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const why =
    NETWORK_REASONS[code] ??
    (CERTIFICATE.test(code) ? `is not trusted (${message.split(';')[0]})` : `fails (${message})`);
  return new HdfsError(attempt, { code, text: `the ${role} ${where} ${why}. ${ADVICE[role](code)}` }, null);
}

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'broke the connection off',
  EPIPE: 'broke the connection off',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ENOTFOUND: 'has a host name that nobody knows',
  EAI_AGAIN: 'has a host name that cannot be looked up now',
};

const CERTIFICATE = /CERT|SIGNATURE|ISSUER|ALTNAME/;

const ADVICE: Readonly<Record<'name node' | 'DataNode', (code: string) => string>> = {
  'name node': (code) =>
    CERTIFICATE.test(code)
      ? 'Name the PEM file of its certificate authority in the property segmill.hdfs.ca-file, or in NODE_EXTRA_CA_CERTS.'
      : 'Is it running, and is that its HTTP address? It is looked up in dfs.namenode.http-address of hdfs-site.xml.',
  DataNode: (code) =>
    code === 'ENOTFOUND' || code === 'EAI_AGAIN'
      ? 'The name node sent us there: make the name known here, or map it by the property segmill.hdfs.host-map, as for containers.'
      : 'The name node sent us there: it must be reachable from here, or be mapped by the property segmill.hdfs.host-map.',
};
