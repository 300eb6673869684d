// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of Druid's configuration
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { interpolate } from '../../src/conf/interpolate.ts';

const folder = mkdtempSync(join(tmpdir(), 'segmill-conf-'));
const file = join(folder, 'value');
writeFileSync(file, 'from ${env:A}');
afterAll(() => rmSync(folder, { recursive: true }));

const env = { A: 'a', B: 'b', NAME: 'A', PLACE: file, LOOP: '${env:LOOP}', EMPTY: '' };

test.each([
  ['plain', 'plain'],
  ['${env:A}/${env:B}', 'a/b'],
  ['x${env:EMPTY}y', 'xy'],
  ['${env:NONE:-c}', 'c'],
  ['${env:NONE:-}', ''],
  ['${env:NONE:-a:b}', 'a:b'],
  ['${env:A:-c}', 'a'],
  ['${env:${env:NAME}}', 'a'],
  ['${env:NONE:-${env:B}}', 'b'],
  ['${sys:user.home}', homedir()],
  ['${sys:druid.extra:-x}', 'x'],
  ['${file:UTF-8:${env:PLACE}}', 'from a'],
  ['$${env:A}', '${env:A}'],
  ['$5 $$ {x} ${env:A', '$5 $$ {x} ${env:A'],
])('%s', (value, expected) => {
  expect(interpolate(value, env)).toBe(expected);
});

test.each([
  ['${env:NONE}', 'the environment variable NONE is not set'],
  [
    '${sys:druid.extra}',
    'the system property druid.extra is not set, as outside Java only java.io.tmpdir, user.dir, user.home, user.name are',
  ],
  ['${env:LOOP}', 'its variables refer to each other in a circle'],
  ['${bash:x}', 'the variable ${bash:x} is of none of the kinds env, sys and file'],
  [
    '${file:UTF-8:/no/such}',
    "the file of ${file:UTF-8:/no/such} cannot be read: ENOENT: no such file or directory, open '/no/such'",
  ],
])('%s is refused', (value, message) => {
  expect(() => interpolate(value, env)).toThrow(new Error(message));
});
