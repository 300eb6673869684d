import { expect, test } from 'vitest';
import { jobXml, urlEncoded } from '../../../../src/mapreduce/yarn/submit/jobXml.ts';

test('properties as Configuration reads them', () => {
  expect(jobXml({ 'a.b': '<x> & "y"\r\n' })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n' +
      '<property><name>a.b</name><value>&lt;x&gt; &amp; "y"&#13;\n</value></property>\n</configuration>\n',
  );
});

test('refuses what XML cannot hold', () => {
  expect(() => jobXml({ a: 'b\u0000' })).toThrow(
    'A job property holds the character #0, which job.xml cannot hold: b\u0000',
  );
});

test('commands as java.net.URLEncoder writes them', () => {
  expect(urlEncoded("rt/node --a=1 app/x.js map *-_.~!'()")).toBe(
    'rt%2Fnode+--a%3D1+app%2Fx.js+map+*-_.%7E%21%27%28%29',
  );
});
