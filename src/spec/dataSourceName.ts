import type { SpecLog } from './problem.ts';
import { isPlaceholder, PLACEHOLDER_HINT } from './scalar.ts';
import { quote, type Spot } from './specTree.ts';

/** Checks the name of a datasource by Druid's rules for identifiers (`IdUtils.validateId`). */
export function checkDataSource(log: SpecLog, spot: Spot, name: string): void {
  if (name === '') log.error(spot, 'the name of the datasource is empty', 'a name');
  else if (name.startsWith('.')) log.error(spot, `the name ${quote(name)} begins with a dot`, 'a name that does not');
  else if (name.includes('/')) log.error(spot, `the name ${quote(name)} holds a slash`, 'a name without slashes');
  else if (/[\t\n\v\f\r]/.test(name)) {
    log.error(spot, `the name ${quote(name)} holds a tab or line break`, 'spaces at most');
  } else if (hasIllegalUnit(name)) {
    log.error(
      spot,
      `the name ${quote(name)} holds a character that Druid refuses`,
      'no emoji and no control characters',
    );
  } else if (isPlaceholder(name)) log.danger(spot, `the datasource is named ${quote(name)}`, PLACEHOLDER_HINT);
}

/** UTF-16 units that Curator's ZooKeeper paths cannot hold: controls, surrogates, private use, specials. */
function hasIllegalUnit(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit < 0x1f || (unit > 0x7f && unit < 0x9f)) return true;
    if ((unit > 0xd800 && unit < 0xf8ff) || (unit > 0xfff0 && unit < 0xffff)) return true;
  }
  return false;
}
