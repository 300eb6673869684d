import type { KeySectionRef } from '../../../partition/determine/keyRun.ts';
import { parseHeader } from '../../../rollup/run/sectionHeader.ts';
import type { KeyRunManifest, SectionInputRef } from '../../index/indexPayload.ts';
import type { BlockGroup } from './shuffleInput.ts';

/** The sections of one shard, as its reduce task gets them. */
export function sectionsOf({ chunk, shard, headers }: BlockGroup): SectionInputRef[] {
  return headers.map(({ path, offset, bytes }) => {
    const { rows } = parseHeader(bytes, offset);
    return { path, section: { chunk, shard, rows, start: offset, header: { offset, length: bytes.length, count: 1 } } };
  });
}

/** The key runs of one part, as the task that counts them gets them. */
export function keyRunsOf({ headers }: BlockGroup): KeyRunManifest[] {
  const sections = new Map<string, KeySectionRef[]>();
  for (const { path, bytes } of headers) {
    const section = JSON.parse(new TextDecoder().decode(bytes)) as KeySectionRef;
    const known = sections.get(path);
    if (known === undefined) sections.set(path, [section]);
    else known.push(section);
  }
  return [...sections].map(([path, of]) => ({ path, sections: of }));
}
