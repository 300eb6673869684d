import { test } from 'vitest';
import { runCli, TestIo } from './testIo.ts';
import { GOOD_SPEC, DOUBTFUL_SPEC, BAD_SPEC } from './specs.ts';
test('x', async () => {
  for (const s of [GOOD_SPEC, DOUBTFUL_SPEC, BAD_SPEC]) for (const extra of [[],['--explain'],['--json']]) { const o = await runCli(['validate','-',...extra], new TestIo({stdin:s})); process.stdout.write(`\n### ${extra} => ${o.code}\n${o.stdout}--- stderr\n${o.stderr}`); }
});
