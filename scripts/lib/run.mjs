/**
 * Running other programs.
 */

import { spawn, spawnSync } from 'node:child_process';
import { root } from './project.mjs';
import { StepFailed } from './say.mjs';

/**
 * @typedef {object} Options
 * @property {NodeJS.ProcessEnv} [env] added to the present environment; `undefined` takes a variable away
 * @property {number} [timeoutMs] after which the program is ended
 * @property {boolean} [shell] run through a shell: Windows needs it for `.cmd` files
 */

/** @param {NodeJS.ProcessEnv | undefined} env */
const environment = (env) => {
  const all = { ...process.env, ...env };
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
  return all;
};

/**
 * Runs a program with its output on the screen and, at the same time, returned.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<{ code: number, stdout: string }>} code 127: the program is not there
 */
export function watch(program, args, { env, timeoutMs, shell } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: timeoutMs,
      shell,
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      process.stdout.write(text);
    });
    child.on('error', () => resolve({ code: 127, stdout }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout }));
  });
}

/**
 * Runs a program with its output on the screen.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<number>} its exit code; 127: the program is not there
 */
export function run(program, args, { env, timeoutMs, shell } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: environment(env),
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: timeoutMs,
      shell,
    });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a program that has to succeed.
 *
 * @param {string} step what it does, for the message
 * @param {string} program
 * @param {string[]} args
 * @param {Options} [options]
 */
export async function must(step, program, args, options) {
  const code = await run(program, args, options);
  if (code !== 0) throw new StepFailed(step);
}

/**
 * Asks a program something, quietly.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {string | null} what it printed; null when it is not there or refuses
 */
export function ask(program, args, { env, timeoutMs, shell } = {}) {
  const answer = spawnSync(program, args, {
    cwd: root,
    env: environment(env),
    encoding: 'utf8',
    timeout: timeoutMs,
    shell,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return answer.status === 0 ? answer.stdout.trim() : null;
}
