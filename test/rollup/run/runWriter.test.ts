import { expect, it } from 'vitest';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { NumericValues } from '../../../src/rollup/run/columnValues.ts';
import type { BlockRef } from '../../../src/rollup/run/run.ts';
import { NumericCursor, type RunSource, readHeader } from '../../../src/rollup/run/runReader.ts';
import { type RunColumn, type RunSink, RunWriter } from '../../../src/rollup/run/runWriter.ts';
import { readSection } from '../../../src/rollup/run/sectionReader.ts';

const kernel = createKernel();

/** A run in memory. */
class Memory implements RunSink, RunSource {
  #bytes = Buffer.alloc(0);

  append(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  read({ offset, length }: BlockRef): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(offset, offset + length));
  }
}

/** The cells of all rows, in the kernel; the value of rank `r` is the pair (r, -r). */
function columnOf(cells: Int32Array, highest: number, lists: RunColumn['lists'] = null): RunColumn {
  const address = kernel.allocate(cells.length * 4);
  kernel.ints.set(cells, address / 4);
  const pairs = Int32Array.from({ length: 2 * (highest + 1) }, (_, i) => (i % 2 === 0 ? i >> 1 : -(i >> 1)));
  const sorted = Int32Array.from({ length: highest }, (_, i) => i + 1);
  const values = new NumericValues(pairs, sorted);
  const cellCount = lists === null ? highest : lists.ends.length - 1;
  return { cells: address, cellCount, valueCount: highest, lists, values };
}

it('sections are read as they were written, whatever the width of their cells', () => {
  const rows = 90_000;
  const numbers = Int32Array.from({ length: rows }, (_, row) => row);
  // 255 and 256 cells, 65,535 and 65,536; every third rank is used.
  const columns = [255, 256, 0xffff, 0x10000].map((count) => {
    const cells = numbers.map((row) => ((row * 7) % (count + 1)) * 3);
    return { cells, highest: count * 3 };
  });
  const times = Float64Array.from(numbers, (row) => row * 1000);
  const hashes = numbers.map((row) => Math.imul(row, 0x9e3779b1));
  const order = numbers.map((row) => rows - 1 - row);
  const run = new Memory();
  const stored = columns.map(({ cells, highest }) => columnOf(cells, highest));
  const writer = new RunWriter(run, { kernel, times, columns: stored, metrics: [], hashes }, order);
  const refs = [writer.writeSection(0, 0, 0, 10), writer.writeSection(0, 1, 10, rows)];
  let place = 0;
  for (const ref of refs) {
    const header = readHeader(run, ref);
    const section = readSection(
      kernel,
      run,
      header,
      columns.map(() => 'long'),
      () => [],
    );
    const ofSection = order.subarray(place, place + ref.rows);
    expect(section.times).toEqual(Float64Array.from(ofSection, (row) => times[row]));
    expect(section.hashes).toEqual(ofSection.map((row) => hashes[row]));
    columns.forEach(({ cells }, i) => {
      const { dictionary, values } = header.columns[i];
      const low = new Int32Array(values + 1);
      const cursor = new NumericCursor(run, dictionary);
      while (cursor.next()) low[cursor.id] = cursor.low;
      const { cells: address } = section.columns[i];
      const read = kernel.ints.slice(address / 4, address / 4 + ref.rows).map((id) => low[id]);
      expect(read).toEqual(ofSection.map((row) => cells[row]));
      expect(header.columns[i].hasNull).toBe(ofSection.some((row) => cells[row] === 0));
    });
    place += ref.rows;
  }
  // The second one has all cells, so it has all widths.
  expect(readHeader(run, refs[1]).columns.map(({ cells }) => cells)).toEqual([255, 256, 0xffff, 0x10000]);
});

it('a section without lists of several values has none, whatever the run has', () => {
  // Cells: null, [1], [1, 2], [2].
  const lists = { ends: Int32Array.of(0, 1, 3, 4), ids: Int32Array.of(1, 1, 2, 2) };
  const run = new Memory();
  const rows = { kernel, times: new Float64Array(3), metrics: [], hashes: null };
  const columns = [columnOf(Int32Array.of(3, 2, 1), 2, lists)];
  const writer = new RunWriter(run, { ...rows, columns }, Int32Array.of(2, 1, 0));
  const [several, single] = [writer.writeSection(0, 0, 0, 2), writer.writeSection(0, 1, 2, 3)].map((ref) => {
    const header = readHeader(run, ref);
    const section = readSection(kernel, run, header, ['long'], () => []);
    const { cells, lists: read } = section.columns[0];
    return { ...header.columns[0], rowCells: [...kernel.ints.slice(cells / 4, cells / 4 + ref.rows)], read };
  });
  expect(several).toMatchObject({ values: 2, cells: 2, hasMultiple: true, rowCells: [1, 2] });
  expect([...(several.read?.ends ?? [])]).toEqual([0, 1, 3]);
  expect([...(several.read?.ids ?? [])]).toEqual([1, 1, 2]);
  expect(single).toMatchObject({ values: 1, cells: 1, hasMultiple: false, rowCells: [1], read: null });
});
