// The compute kernel: what segmill does to every byte, compiled to WASM by AssemblyScript. No allocation happens in
// here: all regions are laid out by src/kernel/kernel.ts and passed in as addresses.

/** First address that is not taken by the module's own static data. */
export function heapBase(): usize {
  return __heap_base;
}

export { dictionaryIntern, dictionaryInternColumn, dictionaryInternTexts, dictionaryRehash } from './dictionary';
export { dictionaryRanks, dictionarySort } from './dictionarySort';
export { dictionaryGather, dictionaryMeasure, dictionaryPlain } from './dictionaryTexts';
export { numberRanks, orderCells, packCells, rankCells } from './runCells';
export { bitmapIndex } from './bitmapIndex';
export { equalRows, listColumn, longsOfTimes, numberColumn, numbersOfCells, stringColumn } from './dimensionColumns';
export { packIds } from './packIds';
export { rowSort } from './rowSort';
export { scanDelimitedLines } from './delimitedScan';
export { hashFragments, hashGroupKeys, sumFragments } from './groupKeys';
export { putJsonKey } from './jsonKeys';
export { keyBlockFill, keyBlockHashes, keyBlockTexts, keySort } from './keyRuns';
export { keyMergeBegin, keyMergeNext, keyMergeRun } from './keyMerge';
export { scanJsonLines } from './jsonScan';
export { murmur3x64_128, murmur3x86_32 } from './murmur3';
export { parseDoubles, parseLongs } from './numbers';
export { lz4Encode } from './lz4Encode';
export { lz4Decode } from './lz4Decode';
export { textElements } from './textElements';
export { textMergeBegin, textMergeRun } from './textMerge';
export { bitmapScatter, bitmapStarts, bitmapWrite } from './bitmaps';
