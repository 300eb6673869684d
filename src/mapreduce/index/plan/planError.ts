/** A plan cannot be run any more, or is none: nothing was begun. */
export class PlanRefusedError extends Error {
  override readonly name = 'PlanRefusedError';
}
