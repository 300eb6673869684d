import { testSeeds } from '../mapreduce/index/seeds.ts';

testSeeds(851, 1100);
