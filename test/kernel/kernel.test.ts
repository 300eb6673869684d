import { describe, expect, it } from 'vitest';
import { createKernel, threadKernel } from '../../src/kernel/kernel.ts';

describe('kernel', () => {
  it('is one per thread when shared, and apart when created', () => {
    // Compared here, not by expect(), which would compare the memories byte by byte.
    const shared = threadKernel();
    const created = createKernel();
    expect(Object.is(threadKernel(), shared)).toBe(true);
    expect(Object.is(created, shared)).toBe(false);
    expect(Object.is(created.exports.memory, shared.exports.memory)).toBe(false);
  });

  it('hands out aligned regions with slack between them, behind its own data', () => {
    const kernel = createKernel();
    const first = kernel.allocate(1);
    const second = kernel.allocate(33);
    const third = kernel.allocate(0);
    expect(first).toBeGreaterThanOrEqual(kernel.exports.heapBase());
    expect([first % 16, second % 16, third % 16]).toEqual([0, 0, 0]);
    expect(second - first).toBeGreaterThanOrEqual(1 + 16);
    expect(third - second).toBeGreaterThanOrEqual(33 + 16);
  });

  it('grows, keeps what was written and renews its views', () => {
    const kernel = createKernel();
    const small = kernel.allocate(16);
    kernel.bytes.set([1, 2, 3, 4], small);
    const before = kernel.bytes;
    const large = kernel.allocate(10_000_000);
    expect(before.length).toBe(0);
    expect(kernel.bytes.length).toBeGreaterThanOrEqual(large + 10_000_000 + 16);
    expect(kernel.bytes.length).toBeLessThan(large + 10_000_000 + 16 + 65536);
    expect(kernel.ints.buffer).toBe(kernel.bytes.buffer);
    expect(kernel.ints[small >>> 2]).toBe(0x04030201);
    kernel.bytes[large + 9_999_999] = 5;
    expect(kernel.bytes[large + 9_999_999]).toBe(5);
  });

  it('reserves memory for later regions', () => {
    const kernel = createKernel();
    kernel.reserve(20_000_000);
    const { bytes } = kernel;
    expect(bytes.length).toBeGreaterThanOrEqual(20_000_000);
    kernel.allocate(10_000_000);
    kernel.reserve(1000);
    expect(Object.is(kernel.bytes, bytes)).toBe(true);
  });

  it('says what it needed when it cannot grow, and stays usable', () => {
    const kernel = createKernel();
    const before = kernel.bytes.length;
    const top = kernel.allocate(0) + 16 + 2 ** 32 + 16;
    const change = `from ${before} to ${top} bytes`;
    const message = `the compute kernel cannot grow its memory ${change} (at most 4 GiB are possible)`;
    expect(() => kernel.allocate(2 ** 32)).toThrow(new RangeError(message));
    expect(kernel.bytes.length).toBe(before);
    expect(kernel.allocate(100)).toBeLessThan(before);
  });
});
