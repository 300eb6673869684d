import { testSeeds } from '../mapreduce/index/seeds.ts';

testSeeds(101, 350);
