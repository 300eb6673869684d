import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type JobPlan, PLAN_FORMAT, PLAN_TYPE } from '../mapreduce/index/plan/jobPlan.ts';
import { UsageError } from './usageError.ts';

/** A plan as its file has it: sealed, so that one that was edited or cut off is not run. */
interface SealedPlan extends JobPlan {
  /** SHA-256 of the rest, as JSON without blanks. */
  readonly seal: string;
}

/** The document of a plan. Ends with a line end. */
export function planText(plan: JobPlan): string {
  const sealed: SealedPlan = { ...plan, seal: sealOf(plan) };
  return `${JSON.stringify(sealed, null, 2)}\n`;
}

/** @throws UsageError when the file holds no plan, or not the one that was written */
export async function readPlan(path: string): Promise<JobPlan> {
  const { seal, ...plan } = parse(path, await readText(path));
  if (plan.format !== PLAN_FORMAT) {
    throw new UsageError(
      `${path} is a plan in the form ${JSON.stringify(plan.format)}, and this program reads form ${PLAN_FORMAT}; make it anew with segmill plan`,
    );
  }
  if (seal !== sealOf(plan)) {
    throw new UsageError(
      `${path} is not as segmill plan has written it; change the spec in place of the plan, and make it anew`,
    );
  }
  return plan;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the plan ${path}: ${(error as Error).message}`);
  }
}

function parse(path: string, text: string): SealedPlan {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === PLAN_TYPE) {
      return value as SealedPlan;
    }
  } catch {
    // Told below.
  }
  throw new UsageError(`${path} is no plan; segmill plan SPEC --out FILE writes one`);
}

function sealOf(plan: JobPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}
