import { test } from 'vitest';
import { runCli, TestIo } from './testIo.ts';
import { formatSummary } from '../../src/cli/summary/formatSummary.ts';
import { progressBarText } from '../../src/cli/progress/progressText.ts';
import { eventfulReport, wikipediaReport } from './reports.ts';
const spec='/work/main/jobs/wikipedia/index_hadoop.json';
test('x', async () => {
  const show = async (...argv: string[]) => { const o = await runCli(argv, new TestIo({terminal:{columns:80}})); process.stdout.write(`\n### ${argv.join(' ')} => ${o.code}\n${o.stdout}--- stderr\n${o.stderr}`); };
  for (const r of [wikipediaReport(), eventfulReport()]) for (const columns of [80,120]) process.stdout.write('\n=== '+columns+'\n'+formatSummary(r,{color:false,columns}));
  await show(); await show('--help'); await show('index','--help'); await show('index','hadoop','--help'); await show('indx','a'); await show('index'); await show('index','a','--wokers','3'); await show('index','a','--workers'); await show('index','a','--workers','x');await show('--json','index','a'); await show('--version'); await show('index','a','b'); await show('index','nix.json'); await show('index','src'); await show('validate',spec); await show('validate',spec,'--explain'); await show('dump','test/fixtures/reader/h01-basic'); await show('dump','nix'); await show('index',spec,'--quirks','duid'); await show('index', spec); await show('index', 'hadoop', spec,'-c','x','--coordinate','y','--no-default-hadoop'); await show('index', '{"type":"index_hadop", "password":"geheim"}'); await show('index','-'); await show('index',spec,'--json','--json');await show('validate','-');await show('index',spec,'-x');
  for (const c of [40,60,80,120]) console.log(progressBarText({phase:'read',bytes:1.24e9,bytesTotal:2e9,rows:12345678,tasksDone:3,tasksTotal:40},12.5,c,(t)=>t)+'|');
  console.log(progressBarText({phase:'merge',bytes:1.24e9,bytesTotal:2e9,rows:12345678,tasksDone:3,tasksTotal:40},12.5,100,(t)=>t)+'|');
});
