import { testSeeds } from '../mapreduce/index/seeds.ts';

testSeeds(351, 600);
