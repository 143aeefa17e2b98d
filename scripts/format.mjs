/**
 * `npm run format`: writes all code in the one form that the tests ask for. With `--check` it only looks.
 */

import { ensurePackages, bin } from './lib/npm.mjs';
import { must } from './lib/run.mjs';
import { script } from './lib/say.mjs';

const check = process.argv.includes('--check');

await script(async () => {
  await ensurePackages();
  const [program, prettier] = bin('prettier/bin/prettier.cjs');
  await must('Prettier', program, [prettier, check ? '--check' : '--write', '--log-level', 'warn', '.']);
  if (!check) await must('cargo fmt', 'cargo', ['fmt', '--all']);
});
