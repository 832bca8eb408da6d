import { defineConfig } from '@playwright/test';

// The browser is Debian's; the house is built anew for each run and opens on its Tuesday.
export default defineConfig({
  testDir: 'tests',
  timeout: 45_000,
  expect: { timeout: 8_000 },
  workers: 1,
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
    command:
      'rm -rf ../target/demo-stories && ../target/debug/vigie demo --data ../target/demo-stories --listen 127.0.0.1:18433',
    url: 'http://127.0.0.1:18433/pages.css',
    timeout: 240_000,
    stdout: 'ignore',
  },
});
