import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/lib/chromium.mjs';

// Not at the root, to show that dist/ works from any path.
const BASE = '/some/path/';
const PORT = Number(process.env.LEDGERSCOPE_PORT ?? 4517);
const url = `http://127.0.0.1:${PORT}${BASE}`;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  forbidOnly: Boolean(process.env.CI),
  // Runs take as long as they take; a busy machine must not look like a broken page.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // `npm test` reads the numbers from the second one.
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? 'test-results/e2e.json' }],
  ],
  use: {
    baseURL: url,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: (await findChromium()) ?? undefined,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node scripts/serve.mjs --port ${PORT} --base ${BASE}`,
    url: `${url}index.html`,
    reuseExistingServer: false,
  },
});
