import { hadoop, PORT_OFFSET, default as prepareHdfs } from '../hadoop/prepare.ts';

/**
 * Vitest's global set-up of the suite: the Hadoop of the suite `hadoop`, with YARN.
 * @returns its tear-down
 */
export default function prepare(): () => void {
  const stop = prepareHdfs();
  hadoop('up', 'yarn', '--port-offset', String(PORT_OFFSET));
  return stop;
}
