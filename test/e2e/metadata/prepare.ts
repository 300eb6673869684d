import { prepareDruid25 } from '../../../scripts/druid/jars.mjs';
import prepareDatabases from '../publish/prepare.ts';

/**
 * Vitest's global set-up of the suite: gets real Druid 25, PostgreSQL and MariaDB ready on this machine.
 * @throws when something is missing and can't be installed
 */
export default function prepare(): void {
  prepareDatabases();
  prepareDruid25();
}
