import pc from 'picocolors';
import type { HotKey } from '../../mapreduce/index/plan/hotKeys.ts';
import type { ChunkForecast, JobPlan, SegmentForecast } from '../../mapreduce/index/plan/jobPlan.ts';
import { keyText } from '../../mapreduce/index/plan/keyText.ts';
import type { ShardSpec } from '../../publish/layout/dataSegment.ts';
import { shortInterval } from '../text/intervals.ts';
import { type Cell, plain, tableLines, wrapItems } from '../text/layout.ts';
import { bytesText, countOf, countText, ratioText, secondsText } from '../text/numbers.ts';
import { cutTo, printableLine } from '../text/printable.ts';
import { deadLetterLines, type Paint, type SummaryOptions } from './formatSummary.ts';
import { named, noteLines, TEXT_COLUMN } from './named.ts';
import { rowLines } from './rowLines.ts';
import { sampleLines } from './sampleLines.ts';

/** A table with more rows is cut in the middle. */
const SHOWN_MAX = 16;
/** Of a cut table, at each end. */
const SHOWN_AT_ENDS = 6;
const BOUND_MAX = 24;
/** Where keys stand, about. */
const HOT_COLUMN = 40;

/**
 * What a job would do, for people: where every row goes, time chunks, segments with their bounds, frequent keys, what it takes.
 * Ends with a line end.
 */
export function formatPlan(plan: JobPlan, { color, columns }: SummaryOptions): string {
  const paint = pc.createColors(color);
  const figures = {
    counts: plan.counts,
    rowsStored: plan.chunks.reduce((sum, { rows }) => sum + rows, 0),
    inputFiles: plan.inputs.length,
    inputBytes: plan.inputs.reduce((sum, { length }) => sum + length, 0),
  };
  const blocks = [
    [`${paint.bold(printableLine(plan.dataSource))}  ${paint.dim('plan; nothing is stored')}`],
    rowLines(figures, paint),
    chunkLines(plan.chunks, paint),
    segmentLines(plan.chunks, paint),
    hotLines(plan.chunks, paint, columns),
    [...runLines(plan, paint, columns), ...costLines(plan, paint, columns)],
    sampleLines(plan.samples, paint, columns),
    noteLines(plan.notes, paint, columns),
    deadLetterLines(plan.deadLetters, paint),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function chunkLines(chunks: readonly ChunkForecast[], paint: Paint): string[] {
  const rows = chunks.map((chunk): Cell[] =>
    [
      shortInterval(chunk.interval),
      countText(chunk.records),
      countText(chunk.rows),
      countText(chunk.keys),
      ratioText(chunk.rollupRatio),
      countText(chunk.segments.length),
      bytesText(sizeOf(chunk.segments)),
    ].map(plain),
  );
  const names = ['interval (UTC)', 'records', 'rows', 'distinct keys', 'rollup', 'segments', 'size'];
  return cutTable(names, rows, ['left', 'right', 'right', 'right', 'right', 'right', 'right'], paint);
}

function segmentLines(chunks: readonly ChunkForecast[], paint: Paint): string[] {
  const rows = chunks.flatMap(({ interval, segments }) =>
    segments.map(({ partitionNum, shardSpec, rows: count, size }): Cell[] =>
      [shortInterval(interval), String(partitionNum), boundsText(shardSpec), countText(count), bytesText(size)].map(
        plain,
      ),
    ),
  );
  const names = ['interval (UTC)', 'part', 'bounds', 'rows', 'size'];
  return cutTable(names, rows, ['left', 'right', 'left', 'right', 'right'], paint);
}

/** A table with a head; of many rows the first and the last ones. */
function cutTable(
  names: readonly string[],
  rows: readonly Cell[][],
  align: ('left' | 'right')[],
  paint: Paint,
): string[] {
  const isCut = rows.length > SHOWN_MAX;
  const shown = isCut ? [...rows.slice(0, SHOWN_AT_ENDS), ...rows.slice(-SHOWN_AT_ENDS)] : rows;
  const lines = tableLines([names.map((text) => ({ text, paint: paint.dim })), ...shown], align);
  if (isCut) lines.splice(1 + SHOWN_AT_ENDS, 0, paint.dim(`... ${countText(rows.length - 2 * SHOWN_AT_ENDS)} more`));
  return lines;
}

function boundsText(shardSpec: ShardSpec): string {
  switch (shardSpec.type) {
    case 'hashed': {
      const { bucketId, numBuckets, partitionDimensions } = shardSpec;
      const of = partitionDimensions.length === 0 ? '' : ` of ${printableLine(partitionDimensions.join(', '))}`;
      return `hash${of}, bucket ${bucketId} of ${numBuckets}`;
    }
    case 'single':
      return rangeText([shardSpec.dimension], asTuple(shardSpec.start), asTuple(shardSpec.end));
    case 'range':
      return rangeText(shardSpec.dimensions, shardSpec.start, shardSpec.end);
    case 'numbered':
    case 'none':
      return '';
  }
}

function asTuple(value: string | null): readonly (string | null)[] | null {
  return value === null ? null : [value];
}

type Bound = readonly (string | null)[] | null;

function rangeText(dimensions: readonly string[], start: Bound, end: Bound): string {
  const names = printableLine(dimensions.join(', '));
  if (start === null && end === null) return `all of ${names}`;
  const from = start === null ? '' : ` from ${boundText(start)}`;
  return `${names}${from}${end === null ? '' : ` up to before ${boundText(end)}`}`;
}

function boundText(bound: readonly (string | null)[]): string {
  return bound.map((value) => cutTo(printableLine(JSON.stringify(value)), BOUND_MAX)).join(', ');
}

/** The keys of most rows over all time chunks. */
function hotLines(chunks: readonly ChunkForecast[], paint: Paint, columns: number): string[] {
  const all = chunks
    .flatMap((chunk) => chunk.hottest.map((key) => ({ chunk, key })))
    .sort((a, b) => b.key.rows - a.key.rows)
    .slice(0, SHOWN_AT_ENDS);
  if (all.length === 0) return [];
  const head = ['interval (UTC)', 'rows', 'share', 'hottest keys'].map((text) => ({ text, paint: paint.dim }));
  const rows = all.map(({ chunk, key }): Cell[] =>
    [
      shortInterval(chunk.interval),
      countText(key.rows),
      shareText(key, chunk),
      cutTo(printableLine(keyText(key)), Math.max(BOUND_MAX, columns - HOT_COLUMN)),
    ].map(plain),
  );
  return tableLines([head, ...rows], ['left', 'right', 'right', 'left']);
}

function shareText({ rows }: HotKey, chunk: ChunkForecast): string {
  return `${((100 * rows) / chunk.rows).toFixed(1)} %`;
}

function runLines({ keptRuns }: JobPlan, paint: Paint, columns: number): string[] {
  return named('runs', wrapItems(runsText(keptRuns).split(' '), columns - TEXT_COLUMN), paint);
}

function runsText(keptRuns: JobPlan['keptRuns']): string {
  if (keptRuns === null) return 'the input is read once: the number of shards is given';
  const { keptSplits, splits } = keptRuns;
  if (keptSplits === splits) return 'kept on disk: the input is read once';
  if (keptSplits === 0) return 'not kept: the input is read twice';
  return `kept of ${countText(keptSplits)} of ${countOf(splits, 'split')}: the others are read twice`;
}

function costLines({ expected: { seconds, workers, memoryBytes } }: JobPlan, paint: Paint, columns: number): string[] {
  const total = seconds.read + seconds.determine + seconds.merge;
  const items = [
    `about ${secondsText(total)} with ${countOf(workers, 'worker')}:`,
    `read ${secondsText(seconds.read)},`,
    ...(seconds.determine > 0 ? [`find shards ${secondsText(seconds.determine)},`] : []),
    `merge ${secondsText(seconds.merge)};`,
    `memory about ${bytesText(memoryBytes)},`,
    'as measured now',
  ];
  return named('expected', wrapItems(items, columns - TEXT_COLUMN), paint);
}

function sizeOf(segments: readonly SegmentForecast[]): number {
  return segments.reduce((sum, { size }) => sum + size, 0);
}
