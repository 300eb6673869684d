import { describe, expect, test } from 'vitest';
import { specProperties } from '../../../../src/mapreduce/yarn/submit/jobProperties.ts';
import { nodeHeap, taskMemory } from '../../../../src/mapreduce/yarn/submit/taskMemory.ts';

const memory = { map: taskMemory('map', {}), reduce: taskMemory('reduce', {}) };

describe('jobProperties', () => {
  test('reach the job', () => {
    const properties = { 'mapreduce.job.acl-view-job': '*', 'mapreduce.map.output.compress': 'true', 'my.own': 'x' };
    expect(specProperties(properties, memory)).toEqual({ properties, notes: [] });
  });

  test('that the engine sets itself are refused by name', () => {
    const properties = { 'stream.map.streamprocessor': 'cat', 'mapreduce.job.reduces': '7', 'my.own': 'x' };
    expect(() => specProperties(properties, memory)).toThrow(
      'The engine sets stream.map.streamprocessor, mapreduce.job.reduces itself: they decide what the job is. ' +
        'Take them out of tuningConfig.jobProperties.',
    );
    for (const name of ['mapred.mapper.class', 'mapreduce.map.env', 'mapreduce.job.output.key.class']) {
      expect(() => specProperties({ [name]: 'x' }, memory)).toThrow(
        `The engine sets ${name} itself: it decides what the job is. Take it out of tuningConfig.jobProperties.`,
      );
    }
  });

  test('for Java heaps are replaced, and it is said by what', () => {
    const properties = {
      'mapreduce.map.java.opts': '-Xmx6g',
      'mapreduce.reduce.java.opts': '-Xmx4g',
      'mapred.child.java.opts': '-Xmx1g',
    };
    const map = 'of a map container of 1536 MB Java gets -Xmx288m and Node 1088 MB';
    const reduce = 'of a reduce container of 1536 MB Java gets -Xmx384m and Node 992 MB';
    expect(specProperties(properties, memory)).toEqual({
      properties: {},
      notes: [
        `mapreduce.map.java.opts "-Xmx6g" is replaced: ${map}.`,
        `mapreduce.reduce.java.opts "-Xmx4g" is replaced: ${reduce}.`,
        `mapred.child.java.opts "-Xmx1g" is replaced: ${map}; ${reduce}.`,
      ],
    });
  });

  test('against clashes of Java classes are passed over', () => {
    expect(specProperties({ 'mapreduce.job.user.classpath.first': 'true' }, memory)).toEqual({
      properties: {},
      notes: ["mapreduce.job.user.classpath.first is passed over: tasks are Node's, and no Java classes clash."],
    });
  });
});

describe('taskMemory', () => {
  test('gives Java what sorting needs and Node the rest', () => {
    const properties = { 'mapreduce.map.memory.mb': '2048', 'mapreduce.task.io.sort.mb': '256' };
    const map = taskMemory('map', properties);
    expect(map).toEqual({ container: 2048, java: 416, node: 1472 });
    expect(nodeHeap(map)).toBe(736);
  });

  test('refuses containers in which Node cannot work', () => {
    expect(() => taskMemory('reduce', { 'mapreduce.reduce.memory.mb': '512' })).toThrow(
      "mapreduce.reduce.memory.mb is 512, of which Hadoop's own part of a task takes 544 MB and leaves Node 0 MB. " +
        'Set it to 800 or more in tuningConfig.jobProperties.',
    );
  });

  test('refuses what is no number', () => {
    expect(() => taskMemory('map', { 'mapreduce.map.memory.mb': '2g' })).toThrow(
      'mapreduce.map.memory.mb is "2g" in tuningConfig.jobProperties; it must be a whole number of MB above 0.',
    );
  });
});
