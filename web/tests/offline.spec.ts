import { expect, test } from '@playwright/test';
import { rows } from './actions';
import { call, found, hears, program } from './own_instance';
import { startServer } from './post_office';

test.use({ serviceWorkers: 'allow' });

test("one's own cases can be read without a network, and are gone from the device once one signs out", async ({
  page,
}) => {
  test.setTimeout(90_000);
  const open = await startServer(18_460);
  try {
    await found(page, open, 'fr');
    const key = await program(page);
    await hears(
      open,
      key,
      ['Ma lampe est cassée', 'Le colis est perdu'].map((text, at) => ({
        external_id: `${at}`,
        text,
        author: { name: `Client ${at}`, email: `c${at}@mail.example` },
      })),
    );
    const me = await page.evaluate(
      async () => (await (await fetch('/api/v1/me')).json()).person.id as string,
    );
    const mine = await page.evaluate(
      async () =>
        (await (await fetch('/api/v1/cases?view=open&order=oldest')).json()).cases[0].id as string,
    );
    await call(page, 'PUT', `/api/v1/cases/${mine}/assignment`, { person: me });
    await expect
      .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
      .toBe(true);
    // Opened once with the worker in charge: pages, words and one's own cases are kept.
    await page.goto(`${open.address}/inbox/mine`);
    await expect(rows(page)).toHaveCount(1);
    await rows(page).first().click();
    await expect(page.locator('.thread')).toContainText('Ma lampe est cassée');
    const kept = () =>
      page.evaluate(async () =>
        (await (await caches.open('vigie-mine')).keys()).map((it) => new URL(it.url).pathname),
      );
    await expect.poll(kept).toContain(`/api/v1/cases/${mine}`);
    expect((await kept()).filter((it) => it.startsWith('/api/v1/cases/'))).toEqual([
      `/api/v1/cases/${mine}`,
    ]);

    await open.stop();
    await page.goto(`${open.address}/inbox/mine`);
    await expect(rows(page)).toHaveCount(1);
    await rows(page).first().click();
    await expect(page.locator('.thread')).toContainText('Ma lampe est cassée');
    await expect(page.locator('.lost')).toBeVisible();

    await open.start();
    await page.goto(`${open.address}/`);
    // Asked for just before one leaves, answered while one does: not kept either.
    // Signed out from elsewhere: the device forgets as soon as it is told.
    await expect(rows(page).or(page.locator('.tiles')).first()).toBeVisible();
    await expect.poll(() => page.evaluate(() => caches.has('vigie-mine'))).toBe(true);
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await page.goto(`${open.address}/`);
    await expect(page.locator('#email')).toBeVisible();
    expect(await page.evaluate(() => caches.has('vigie-mine'))).toBe(false);
    await page.context().addCookies(cookies);
    await page.goto(`${open.address}/`);

    await page
      .getByRole('button', { name: 'Se déconnecter' })
      .evaluate((leave: HTMLButtonElement) => {
        const asked = Array.from({ length: 60 }, (_, at) =>
          fetch(at % 2 ? '/api/v1/today' : '/api/v1/cases?view=mine&limit=100'),
        );
        Object.assign(window, { answered: Promise.allSettled(asked) });
        leave.click();
      });
    await expect(page.locator('#email')).toBeVisible();
    await page.evaluate(async () => (window as unknown as { answered: Promise<unknown> }).answered);
    expect(await page.evaluate(() => caches.has('vigie-mine'))).toBe(false);
  } finally {
    open.close();
  }
});
