import { prepareDruid33, prepareDruid37 } from '../../../scripts/druid/jars.mjs';

/**
 * Vitest's global set-up of the suite: gets real Druid 33, Druid 37 and the Hadoop client ready on this machine.
 * @throws when Java or Maven is missing, or one of them fails
 */
export default function prepare(): void {
  prepareDruid33();
  prepareDruid37();
}
