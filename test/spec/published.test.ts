import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { problemLine } from '../../src/spec/formatProblems.ts';
import { readSpec } from '../../src/spec/readSpec.ts';

interface Published {
  readonly file: string;
  readonly kind: string;
  readonly text: string;
}

const archive = readFileSync(new URL('../fixtures/specs/published.jsonl.gz', import.meta.url));
const published = gunzipSync(archive)
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Published);

const results = published.map((spec) => ({ spec, result: readSpec(spec.text, spec.file) }));

function verdict(kind: string): { taken: number; refused: number } {
  const ofKind = results.filter(({ spec }) => spec.kind === kind);
  const taken = ofKind.filter(({ result }) => result.job !== null).length;
  return { taken, refused: ofKind.length - taken };
}

describe('published specs', () => {
  it('says the same of each of them as before, word for word', async () => {
    const lines = results.flatMap(({ spec, result }) => [
      `${spec.file}: ${result.job === null ? 'refused' : 'taken'}`,
      ...result.problems.map((problem) => `  ${problemLine(problem, '').slice(1)}`),
    ]);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../fixtures/specs/published.verdicts.txt');
  });

  it('takes every command-line spec and every 0.6 config that is whole', () => {
    expect(verdict('hadoop command-line / bare spec')).toEqual({ taken: 8, refused: 0 });
    // The eight of the refused that are not JSON lack a comma in the documentation; one is all placeholders.
    expect(verdict('hadoop legacy (0.5/0.6) command-line config')).toEqual({ taken: 5, refused: 9 });
  });

  it('refuses every spec of another task type by its name', () => {
    for (const { spec, result } of results) {
      if (!['index', 'index_parallel', 'kafka supervisor'].includes(spec.kind)) continue;
      expect(result.job, spec.file).toBeNull();
      expect(result.problems, spec.file).toHaveLength(1);
      expect(result.problems[0]?.message, spec.file).toMatch(/cannot be run here|is not JSON/);
    }
  });

  it('refuses a task of type index_hadoop only for a feature that is not built, a placeholder or a fault of the text', () => {
    const reasons =
      /not built|not read yet|is not JSON|comma|never closed|placeholder|name of the datasource is empty|empty path/;
    for (const { spec, result } of results) {
      if (spec.kind !== 'index_hadoop' || result.job !== null) continue;
      for (const problem of result.problems) {
        if (problem.severity === 'error')
          expect(`${problem.path} ${problem.message} ${problem.hint}`, spec.file).toMatch(reasons);
      }
    }
  });
});
