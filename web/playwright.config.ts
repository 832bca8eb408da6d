import { defineConfig } from '@playwright/test';

// The browser is Debian's. Two sets of stories side by side, each with one house of the demo, built anew and opened on its Tuesday:
// those that look and those with a house of their own; and those that act.
const LOOKS = /(gallery|pages|mail|past|offline|translation)\.spec\.ts/;
const PORTS = { looks: 18_433, acts: 18_434 };
const demo = ([name, port]: [string, number]) => ({
  command: `rm -rf ../target/demo-${name} && ../target/debug/vigie demo --data ../target/demo-${name} --listen 127.0.0.1:${port}`,
  url: `http://127.0.0.1:${port}/pages.css`,
  timeout: 240_000,
  stdout: 'ignore' as const,
});

export default defineConfig({
  testDir: 'tests',
  timeout: 45_000,
  expect: { timeout: 8_000 },
  workers: 2,
  projects: [
    { name: 'looks', testMatch: LOOKS, workers: 1, use: { baseURL: `http://127.0.0.1:${PORTS.looks}` } },
    { name: 'acts', testIgnore: LOOKS, workers: 1, use: { baseURL: `http://127.0.0.1:${PORTS.acts}` } },
  ],
  retries: 0,
  reporter: 'list',
  use: {
    actionTimeout: 10_000,
    viewport: { width: 1440, height: 900 },
    // What a worker fetches no story could hold back; the story of the cut line lets it.
    serviceWorkers: 'block',
    timezoneId: 'Europe/Paris',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
  webServer: Object.entries(PORTS).map(demo),
});
