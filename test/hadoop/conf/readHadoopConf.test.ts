// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Hadoop's own notation of variables
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readHadoopConf } from '../../../src/hadoop/conf/readHadoopConf.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-conf-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(file: string, inside: string, attributes = ''): void {
  writeFileSync(
    join(directory, file),
    `<?xml version="1.0"?>\n<configuration${attributes}>${inside}</configuration>\n`,
  );
}

function property(name: string, value: string, more = ''): string {
  return `<property><name>${name}</name><value>${value}</value>${more}</property>`;
}

const XI = ' xmlns:xi="http://www.w3.org/2001/XInclude"';

function read(env: Record<string, string> = {}, jobProperties: Record<string, string> = {}) {
  return readHadoopConf({ directory, env, jobProperties });
}

describe('site files', () => {
  test('later files win, final properties stay, jobProperties win over all', async () => {
    write('core-site.xml', property('a', '1') + property('b', '1', '<final>true</final>') + property('c', '1'));
    write('hdfs-site.xml', property('a', '2') + property('b', '2') + property('c', '2', '<final> true </final>'));
    write('yarn-site.xml', property('c', '3') + property('d', '4'));
    expect(await read({}, { c: 'job' })).toEqual({ a: '2', b: '1', c: 'job', d: '4' });
  });

  test('names lose blanks, values keep them; attributes, comments, CDATA, entities and tags of no interest', async () => {
    write(
      'core-site.xml',
      `${property(' a\n', ' x &amp; y ')}<!-- no --><property name="b" value="2" final="true"/>
       <property><name>c</name><value><![CDATA[<3>]]></value><description>d &lt; e</description></property>
       <property><name>without value</name></property><configuration>${property('nested', '5')}</configuration>`,
    );
    expect(await read()).toEqual({ a: ' x & y ', b: '2', c: '<3>', nested: '5' });
  });

  test('old names are the new ones', async () => {
    write('core-site.xml', property('fs.default.name', 'hdfs://old:9000'));
    expect(await read()).toEqual({ 'fs.defaultFS': 'hdfs://old:9000' });
  });

  test('no directory: the properties of the job alone', async () => {
    expect(await readHadoopConf({ directory: null, env: {}, jobProperties: { a: 'b' } })).toEqual({ a: 'b' });
  });

  test('a directory without site files', async () => {
    await expect(read()).rejects.toThrow(
      new Error(
        `The Hadoop configuration directory ${directory} holds none of core-site.xml, hdfs-site.xml, mapred-site.xml, ` +
          'yarn-site.xml. Name the right one by --hadoop-conf or HADOOP_CONF_DIR: often it is /etc/hadoop/conf.',
      ),
    );
  });

  test('broken XML', async () => {
    write('core-site.xml', '<property><name>a</nam></property>');
    const path = join(directory, 'core-site.xml');
    await expect(read()).rejects.toThrow(
      new Error(`${path} is not well-formed XML: at 2:38: unexpected close tag. Mend the file.`),
    );
  });

  test('another document', async () => {
    writeFileSync(join(directory, 'core-site.xml'), '<project/>');
    await expect(read()).rejects.toThrow(
      new Error(
        `${join(directory, 'core-site.xml')} is no Hadoop configuration: its root element is <project>, ` +
          'where <configuration> was expected.',
      ),
    );
  });
});

describe('includes', () => {
  test('stand at their place, relative to their file', async () => {
    write('core-site.xml', `${property('a', '1')}<xi:include href="more.xml"/>${property('c', '3')}`, XI);
    write('more.xml', property('a', '2') + property('b', '2') + property('c', '2'));
    expect(await read()).toEqual({ a: '2', b: '2', c: '3' });
  });

  test('the fallback counts where the file is missing, and only there', async () => {
    const fallback = `<xi:fallback>${property('a', 'fallback')}</xi:fallback>`;
    write('core-site.xml', `<xi:include href="more.xml">${fallback}</xi:include>`, XI);
    expect(await read()).toEqual({ a: 'fallback' });
    write('more.xml', property('a', 'file'));
    expect(await read()).toEqual({ a: 'file' });
  });

  test('a missing file', async () => {
    write('core-site.xml', '<xi:include href="more.xml"/>', XI);
    await expect(read()).rejects.toThrow(
      new Error(
        `${join(directory, 'core-site.xml')} includes ${join(directory, 'more.xml')}, which does not exist. ` +
          'Put it there, or add an <xi:fallback/> to the xi:include.',
      ),
    );
  });

  test('a circle', async () => {
    write('core-site.xml', '<xi:include href="core-site.xml"/>', XI);
    await expect(read()).rejects.toThrow(
      new Error(
        `${join(directory, 'core-site.xml')} is included by itself, over other files. Take one of the xi:include elements out.`,
      ),
    );
  });
});

describe('variables', () => {
  test.each([
    ['${b}', 'B'],
    ['x${b}y${b}', 'xByB'],
    ['${c}', 'CB'],
    ['${${d}}', 'B'],
    ['${nowhere}', '${nowhere}'],
    ['${env.HOST}', 'h1'],
    ['${env.EMPTY}', ''],
    ['${env.NONE-other}', 'other'],
    ['${env.EMPTY-other}', ''],
    ['${env.EMPTY:-other}', 'other'],
    ['${env.NONE}', '${env.NONE}'],
    ['${user.name}', userInfo().username],
  ])('%s is %s', async (text, expected) => {
    write('core-site.xml', property('a', text) + property('b', 'B') + property('c', 'C${b}') + property('d', 'b'));
    expect((await read({ HOST: 'h1', EMPTY: '' })).a).toBe(expected);
  });

  test('a value that refers to itself', async () => {
    write('core-site.xml', property('a', 'x${a}'));
    await expect(read()).rejects.toThrow(
      new Error(
        'The property a of the Hadoop configuration needs more than 20 substitutions of variables: its value x${a} seems to ' +
          'refer to itself.',
      ),
    );
  });
});
