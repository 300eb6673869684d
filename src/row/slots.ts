import type { FilterSpec, JobSpec, MetricSpec } from '../spec/jobSpec.ts';
import { filterColumns } from './filter/columns.ts';

/** The fields that a job reads, each with its slot in record batches. */
export class Slots {
  readonly names: string[] = [];
  readonly #slots = new Map<string, number>();

  constructor(job: JobSpec) {
    this.of(job.timestamp.column);
    for (const dimension of job.dimensions.dimensions) this.of(dimension.name);
    for (const metric of job.metrics) this.#addMetric(metric);
    if (job.transform.filter !== null) this.#addFilter(job.transform.filter);
    const { partitions } = job.tuning;
    // Druid hashes them even where they are no dimensions.
    if (partitions.type === 'hashed') for (const name of partitions.partitionDimensions) this.of(name);
  }

  /** The slot of a field, a new one if need be. */
  of(name: string): number {
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      slot = this.names.push(name) - 1;
      this.#slots.set(name, slot);
    }
    return slot;
  }

  #addMetric(metric: MetricSpec): void {
    if (metric.type === 'count') return;
    if (metric.type === 'filtered') {
      this.#addFilter(metric.filter);
      this.#addMetric(metric.aggregator);
      return;
    }
    this.of(metric.fieldName);
    if ('timeColumn' in metric && metric.timeColumn !== '__time') this.of(metric.timeColumn);
  }

  #addFilter(filter: FilterSpec): void {
    for (const column of filterColumns(filter)) if (column !== '__time') this.of(column);
  }
}
