import type { SpecProblem } from './problem.ts';

/** Source lines are cut to this many characters around the problem. */
const EXCERPT_MAX = 100;

/**
 * Problems for people: one line each, then the line of the spec with the place underlined.
 *
 *     jobs/x.json:12:5 spec.tuningConfig: unknown field "maxRowInMemory"; did you mean "maxRowsInMemory"?
 *        12 |     "maxRowInMemory": 1000
 *           |     ^^^^^^^^^^^^^^^^
 *
 * @param file the spec's name as the user gave it
 * @param text the text that was read
 */
export function formatProblems(problems: readonly SpecProblem[], file: string, text: string): string {
  if (problems.length === 0) return '';
  const lines = text.split('\n');
  return problems.map((problem) => `${problemLine(problem, file)}\n${excerpt(problem, lines)}`).join('');
}

/** The first of the lines above, without the excerpt. */
export function problemLine(problem: SpecProblem, file: string): string {
  const place = `${file}:${problem.line}:${problem.column}`;
  const severity = problem.severity === 'error' ? '' : `${problem.severity}: `;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const expected = problem.expected === null ? '' : `; expected ${problem.expected}`;
  const hint = problem.hint === null ? '' : `; ${problem.hint}`;
  return `${place} ${severity}${path}${problem.message}${expected}${hint}`;
}

function excerpt(problem: SpecProblem, lines: readonly string[]): string {
  const line = lines[problem.line - 1]?.replace(/[\r\t\uFEFF]/g, ' ') ?? '';
  if (line.trim() === '') return '';
  const column = problem.column - 1;
  const start = line.length <= EXCERPT_MAX ? 0 : Math.max(0, Math.min(column - 30, line.length - EXCERPT_MAX));
  const shown = line.slice(start, start + EXCERPT_MAX);
  const width = Math.max(1, Math.min(problem.length, shown.length - (column - start)));
  const number = String(problem.line).padStart(6);
  const mark = `${' '.repeat(column - start)}${'^'.repeat(width)}`;
  return `${number} | ${shown.trimEnd()}\n${' '.repeat(6)} | ${mark}\n`;
}
