/**
 * The one entry of all benchmarks: `npm run bench [formats|memory|yarn] [-- rows]`.
 */
const OTHERS = ['formats', 'memory', 'yarn'];

const name = OTHERS.includes(process.argv[2]) ? process.argv.splice(2, 1)[0] : 'run';
await import(`./${name}.mjs`);
