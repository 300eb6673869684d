import { testSeeds } from '../mapreduce/index/seeds.ts';

testSeeds(601, 850);
