import { defineConfig } from '@playwright/test';

const house = (name: string, port: number) => ({
  command: `rm -rf ../target/demo-${name} && ../target/debug/vigie demo --data ../target/demo-${name} --listen 127.0.0.1:${port}`,
  url: `http://127.0.0.1:${port}/pages.css`,
  timeout: 240_000,
  stdout: 'ignore' as const,
});

// The browser is Debian's; a house is built anew for each run and opens on its Tuesday. Pictures change nothing and have a
// house of their own, so that they are taken while stories are told.
export default defineConfig({
  testDir: 'tests',
  timeout: 45_000,
  expect: { timeout: 8_000 },
  workers: 2,
  retries: 0,
  reporter: 'list',
  use: {
    actionTimeout: 10_000,
    baseURL: 'http://127.0.0.1:18433',
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
  projects: [
    { name: 'stories', testIgnore: /gallery/, workers: 1 },
    { name: 'pictures', testMatch: /gallery/, workers: 1, use: { baseURL: 'http://127.0.0.1:18434' } },
  ],
  webServer: [house('stories', 18_433), house('pictures', 18_434)],
});
