/**
 * Preloaded (`node --import`) into a measured process: at exit it writes the CPU time and peak memory of the whole
 * process, worker threads included, to the file named by SEGMILL_BENCH_USAGE.
 */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.env.SEGMILL_BENCH_USAGE) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMiB: maxRSS / 1024 };
    writeFileSync(process.env.SEGMILL_BENCH_USAGE, JSON.stringify(usage));
  });
}
