#!/usr/bin/env node
import { exitWith } from './exitWith.ts';
import { processIo } from './io.ts';
import { run } from './run.ts';

exitWith(run(process.argv.slice(2), processIo()), process);
