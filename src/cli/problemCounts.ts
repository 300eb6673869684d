import type { SpecProblem } from '../spec/problem.ts';
import { countOf } from './text/numbers.ts';

/** `: 2 errors, 1 warning`, or nothing where there are none. */
export function problemCounts(problems: readonly SpecProblem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [
    ...(errors === 0 ? [] : [countOf(errors, 'error')]),
    ...(warnings === 0 ? [] : [countOf(warnings, 'warning')]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}
