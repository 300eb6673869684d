import type { CachedFile } from '../archives/ArchiveCache.ts';
import { type Application, isEnded, type ResourceManager } from '../client/ResourceManager.ts';
import type { ApplicationTokens } from '../submit/applicationTokens.ts';
import { RUNTIME_LINK } from '../submit/mapReduceProperties.ts';
import { cancellation, credentials, resource } from '../submit/submission.ts';
import { hintOf } from './passError.ts';
import { pollPause } from './pollPause.ts';

export interface PreflightOptions {
  readonly queue: string;
  readonly nodeLabel: string | null;
  /** The archive with the Node binary. */
  readonly runtime: CachedFile;
  readonly isPublic: boolean;
  readonly tokens: ApplicationTokens | null;
  readonly signal: AbortSignal;
}

const MEMORY_MB = 256;

/**
 * Has a Node binary start once in a container of its own: that takes seconds, where a job whose nodes cannot run it fails four times for
 * each task first. The container is an application's first one, which needs no Java.
 *
 * @throws Error in words when it does not start; the signal's reason when aborted
 */
export async function preflight(manager: ResourceManager, options: PreflightOptions): Promise<void> {
  const { id } = await manager.newApplication();
  await manager.submit(document(id, options));
  for (let poll = 0; ; poll++) {
    if (options.signal.aborted) {
      await manager.kill(id);
      options.signal.throwIfAborted();
    }
    const application = await manager.application(id);
    if (application === null)
      throw new Error(`The ResourceManager lost ${id}, which tried the Node binary. Run the job again.`);
    if (isEnded(application)) return judge(application);
    await pollPause(poll, options.signal);
  }
}

/** The application itself fails in any case: nobody registers as its master. */
function judge({ id, state, diagnostics }: Application): void {
  if (/exitCode: 0\b/.test(diagnostics)) return;
  if (state === 'KILLED')
    throw new Error(`The application ${id}, which tried the Node binary, was killed on the cluster.`);
  const stderr = /Last \d+ bytes of stderr\s*:\s*([\s\S]*?)(?:\n\n|\nFor more detailed output|$)/.exec(
    diagnostics,
  )?.[1];
  const said = (stderr ?? diagnostics).trim().split('\n').slice(0, 8).join('\n');
  throw new Error(`The nodes cannot run the Node binary (${id}): ${said}${hintOf(diagnostics)}`);
}

function document(id: string, { queue, nodeLabel, runtime, isPublic, tokens }: PreflightOptions): unknown {
  return {
    'application-id': id,
    'application-name': 'segmill preflight',
    'application-type': 'SEGMILL',
    queue,
    'max-app-attempts': 1,
    'unmanaged-AM': false,
    ...cancellation(tokens),
    resource: { memory: MEMORY_MB, vCores: 1 },
    ...(nodeLabel === null ? {} : { 'am-container-node-label-expression': nodeLabel }),
    'am-container-spec': {
      'local-resources': {
        entry: [{ key: RUNTIME_LINK, value: resource(runtime, 'ARCHIVE', isPublic ? 'PUBLIC' : 'APPLICATION') }],
      },
      commands: { command: `${RUNTIME_LINK}/node --version 1><LOG_DIR>/stdout 2><LOG_DIR>/stderr` },
      environment: { entry: [] },
      credentials: credentials(tokens),
    },
  };
}
