import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { isDroppedZoneWord, offsetText, zoneOf } from '../../src/time/zone.ts';
import { OLD_ZONE_IDS, ZONE_IDS } from '../../src/time/zoneIds.ts';

describe('ids', () => {
  it('are printed as Joda-Time prints them', () => {
    const ids: [string, string][] = [
      ['UTC', 'UTC'],
      ['Z', 'UTC'],
      ['Etc/UTC', 'Etc/UTC'],
      ['Zulu', 'Etc/UTC'],
      ['US/Pacific', 'America/Los_Angeles'],
      ['PST', 'America/Los_Angeles'],
      ['EST', 'EST'],
      ['+05:30', '+05:30'],
      ['-0800', '-08:00'],
      ['GMT+10', '+10:00'],
      ['+00:00', 'UTC'],
      ['+01:02:03.004', '+01:02:03.004'],
    ];
    for (const [id, printed] of ids) expect(zoneOf(id).id, id).toBe(printed);
  });

  it('of every list entry can be resolved', () => {
    for (const [id, zone] of [...ZONE_IDS, ...OLD_ZONE_IDS]) expect(zoneOf(id).id).toBe(zone);
    expect(ZONE_IDS.size).toBe(596);
  });

  it('are case-sensitive, and offsets need two digits and a real clock', () => {
    for (const id of ['utc', 'america/los_angeles', 'pst', '+5', '+24:00', '+05:60', 'UTC+3', '']) {
      expect(() => zoneOf(id), id).toThrow(`Time zone "${id}" is not known; `);
    }
  });

  it('that auto timestamps drop are those of Java', () => {
    for (const word of ['PST', 'UTC', 'America/New_York', 'GMT0', 'EST5EDT'])
      expect(isDroppedZoneWord(word)).toBe(true);
    for (const word of ['ROC', 'GMT+0', 'pst', '03:04:05', '+01:00', '']) expect(isDroppedZoneWord(word)).toBe(false);
  });
});

describe('offsets', () => {
  it('are those of luxon, near clock changes and far from them', () => {
    const zones = fc.constantFrom('America/Los_Angeles', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca');
    const change = fc.constantFrom(1_710_064_800_000, 1_712_415_600_000, 1_730_624_400_000, 1_728_142_200_000);
    const near = fc.tuple(change, fc.integer({ min: -5000, max: 5000 })).map(([ms, delta]) => ms + delta);
    const far = fc.integer({ min: 0, max: 4_102_444_800_000 });
    fc.assert(
      fc.property(zones, fc.oneof(near, far), (id, ms) => {
        expect(zoneOf(id).offsetAt(ms)).toBe(DateTime.fromMillis(ms, { zone: id }).offset * 60_000);
      }),
      { numRuns: 200 },
    );
  });

  it('know the seconds of local mean time', () => {
    expect(zoneOf('America/Los_Angeles').offsetAt(-1e13)).toBe(-28_378_000);
    expect(offsetText(-28_378_000, 'Z')).toBe('-07:52:58');
    expect(zoneOf('Africa/Monrovia').offsetAt(-8.7e15)).toBe(-2_588_000);
  });

  it('of local times skip gaps forward and take the first of two', () => {
    const zone = zoneOf('America/Los_Angeles');
    const gap = Date.UTC(2024, 2, 10, 2, 30);
    expect(gap - zone.offsetFromLocal(gap)).toBe(Date.UTC(2024, 2, 10, 10, 30));
    const overlap = Date.UTC(2024, 10, 3, 1, 30);
    expect(overlap - zone.offsetFromLocal(overlap)).toBe(Date.UTC(2024, 10, 3, 8, 30));
    expect(zone.toUtc(overlap, Date.UTC(2024, 10, 3, 9, 45))).toBe(Date.UTC(2024, 10, 3, 9, 30));
    const berlin = zoneOf('Europe/Berlin');
    const twice = Date.UTC(2024, 9, 27, 2, 30);
    expect(twice - berlin.offsetFromLocal(twice)).toBe(Date.UTC(2024, 9, 27, 0, 30));
    const never = Date.UTC(2024, 2, 31, 2, 30);
    expect(never - berlin.offsetFromLocal(never)).toBe(Date.UTC(2024, 2, 31, 1, 30));
  });
});
