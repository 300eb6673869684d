import { testSeeds } from './seeds.ts';

testSeeds(1, 60);

// Times before 1970 that the query granularity rounds up, out of their chunk.
testSeeds(733, 733);
testSeeds(859, 859);
