import { expect, test } from 'vitest';
import { lastWords } from '../../../../src/mapreduce/yarn/driver/taskFailures.ts';

/** As the NodeManager of Hadoop 3.4.2 answers. */
const framed = (content: string) =>
  'Container: container_1_0017_01_000002 on localhost:13041\nLogAggregationType: LOCAL\n' +
  `${'='.repeat(68)}\nLogType:stderr\nLogLastModifiedTime:Sat Nov 28 20:06:50 +0000 2026\nLogLength:20\nLogContents:\n` +
  `${content}\nEnd of LogType:stderr.\n${'*'.repeat(75)}\n`;

test('the last words of a process are what it wrote, without reports and frame', () => {
  const said = 'reporter:status:map 0\nlog4j:WARN No appenders\nthe disk is on fire\n';
  expect(lastWords(framed(said))).toBe('the disk is on fire');
  expect(lastWords(said)).toBe('the disk is on fire');
  expect(lastWords(framed(''))).toBe('');
});
