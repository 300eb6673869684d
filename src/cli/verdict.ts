import type { SpecProblem } from '../spec/problem.ts';
import { countOf } from './text/numbers.ts';

/** `valid`, `valid, 1 warning`, `not valid: 2 errors, 1 warning`. */
export function verdict(valid: boolean, problems: readonly SpecProblem[]): string {
  const count = (severity: SpecProblem['severity']) => problems.filter((it) => it.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  const parts = [
    ...(errors === 0 ? [] : [countOf(errors, 'error')]),
    ...(warnings === 0 ? [] : [countOf(warnings, 'warning')]),
  ];
  const counts = parts.join(', ');
  if (!valid) return `not valid: ${counts}`;
  return counts === '' ? 'valid' : `valid, ${counts}`;
}
