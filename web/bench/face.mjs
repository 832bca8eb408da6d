// Measures the inbox in a browser, on a house that is being served: node bench/face.mjs
// http://127.0.0.1:8080 who@house.example password From a key to the painted frame, a scroll
// through 100,000 rows, a hundred acts a second, memory. Prints JSON; asserts nothing.
import { chromium } from '@playwright/test';

const [address, email, password, rows = '100000', seconds = '60'] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const cdp = await page.context().newCDPSession(page);
const quantiles = (all) => {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (q) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(1));
  return { n: sorted.length, p50_ms: at(0.5), p95_ms: at(0.95), worst_ms: at(1) };
};
async function heap() {
  await cdp.send('HeapProfiler.collectGarbage');
  return Number(((await cdp.send('Runtime.getHeapUsage')).usedSize / 1_048_576).toFixed(1));
}

await page.goto(address);
await page.locator('#email').fill(email);
await page.locator('#password').fill(password);
await page.locator('button.main').click();
await page.locator('.tiles').waitFor();
const begun = performance.now();
await page.goto(`${address}/inbox/open`);
await page.locator('.rows [role=option]').first().waitFor();
const opened = performance.now() - begun;
await page.evaluate(() => {
  window.frames_ = [];
  let last = 0;
  const frame = (now) => {
    if (last) window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.keys_ = [];
  // Once the frame is drawn a message comes: as near to the painted frame as a page can tell.
  addEventListener(
    'keydown',
    (event) =>
      requestAnimationFrame(() => {
        const drawn = new MessageChannel();
        drawn.port1.onmessage = () => window.keys_.push(performance.now() - event.timeStamp);
        drawn.port2.postMessage(0);
      }),
    true,
  );
});
const taken = (name) => page.evaluate((it) => window[it].splice(0), name);
const heapBefore = await heap();

// A key, a frame: walking the list, each case opened.
for (let press = 0; press < 200; press++) {
  await page.keyboard.press('j');
  await page.waitForTimeout(30);
}
const pressed = await taken('keys_');

// Down through the rows as fast as they come, then all over them in 180 jumps.
await page.keyboard.press('Escape');
await taken('frames_');
const scrolled = await page.evaluate(async (wanted) => {
  const box = document.querySelector('.rows .box');
  const height = () => box.scrollHeight / box.querySelector('.row').offsetHeight;
  const begun = performance.now();
  while (height() < wanted && performance.now() - begun < 240_000) {
    box.scrollTop = box.scrollHeight;
    await new Promise((done) => requestAnimationFrame(done));
  }
  return { rows: Math.round(height()), seconds: (performance.now() - begun) / 1_000 };
}, Number(rows));
const down = await taken('frames_');
await page.evaluate(async () => {
  const box = document.querySelector('.rows .box');
  for (let jump = 0; jump < 180; jump++) {
    box.scrollTop = (box.scrollHeight * ((jump * 61) % 180)) / 180;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
});
const jumps = await taken('frames_');
const heapScrolled = await heap();

// A hundred acts a second on the cases in view, by somebody else.
await page.evaluate(() => (document.querySelector('.rows .box').scrollTop = 0));
await taken('frames_');
const acted = await page.evaluate(async (seconds) => {
  const me = await (await fetch('/api/v1/me')).json();
  const shown = (await (await fetch('/api/v1/cases?view=open&limit=50')).json()).cases.map(
    (it) => it.id,
  );
  const begun = performance.now();
  let sent = 0;
  let done = 0;
  while (performance.now() - begun < seconds * 1_000) {
    while (sent < ((performance.now() - begun) / 1_000) * 100 && sent - done < 40) {
      const step = sent++ % 2;
      void fetch(`/api/v1/cases/${shown[sent % shown.length]}/step`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', 'x-vigie-csrf': me.csrf },
        body: JSON.stringify({ step }),
      }).then(() => done++);
    }
    await new Promise((wait) => setTimeout(wait, 5));
  }
  return done / seconds;
}, Number(seconds));
const burst = await taken('frames_');

// An hour of work in a few minutes: three hundred cases opened, the list asked for again every
// fifteen.
for (let open = 0; open < 300; open++) {
  await page.keyboard.press(open % 15 === 14 ? 'n' : 'j');
  await page.waitForTimeout(25);
}
const heapAfter = await heap();
const slow = (all) => all.filter((it) => it > 33.4).length;
console.log(
  JSON.stringify(
    {
      bench: 'face',
      opened_ms: Number(opened.toFixed(0)),
      key_to_frame: quantiles(pressed),
      scroll_down: { ...scrolled, ...quantiles(down), slow_frames: slow(down) },
      jumps: { ...quantiles(jumps), slow_frames: slow(jumps) },
      acts_per_second: Number(acted.toFixed(1)),
      burst: { ...quantiles(burst), slow_frames: slow(burst) },
      heap_mib: { before: heapBefore, after_scroll: heapScrolled, after_the_hour: heapAfter },
    },
    null,
    1,
  ),
);
await browser.close();
