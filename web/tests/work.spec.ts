import { expect, test } from '@playwright/test';
import { complaints, enter, rows } from './actions';

test('the queue is worked by keyboard alone: read, see why, answer, close with proof, undo', async ({
  page,
}) => {
  const heard = complaints(page);
  await enter(page, 'en');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(rows(page).first()).toBeVisible();
  await page.locator('select#view').selectOption('open');
  await page.locator('body').click({ position: { x: 700, y: 5 } });
  // The first case one can answer: a colleague's report has no way back.
  for (let tries = 0; tries < 20; tries++) {
    await page.keyboard.press('j');
    await expect(page.locator('.pane')).toBeVisible();
    await expect(page.locator('section.reader')).toHaveAttribute('aria-busy', 'false');
    if (await page.locator('.composer button.main').filter({ hasText: 'Reply' }).count()) break;
  }
  await expect(page.getByRole('tab', { name: 'Why' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('w');
  await expect(page.locator('#margin .reasons li').first()).not.toBeEmpty();
  const title = await page.locator('.pane h1').innerText();

  await page.locator('.pane h1').click();
  await page.keyboard.press('r');
  await page.keyboard.type('Hello, we send a replacement. Claire');
  await expect(page.getByText('Draft kept')).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Leaving in ten seconds')).toBeVisible();
  await expect(page.locator('.thread article.ours').last()).toContainText('we send a replacement');
  await expect(page.locator('.thread article.ours').last()).toContainText('rehearsed', {
    timeout: 25_000,
  });

  await page.locator('.pane h1').click();
  await page.keyboard.press('e');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.getByRole('radio', { name: 'solved', exact: true }).check();
  await page.getByLabel('What proves it').selectOption('replacement');
  await page.getByLabel('Its number').fill('RP-2026');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).press('Enter');
  await expect(page.locator('.closure')).toContainText('RP-2026');

  await page.locator('.pane h1').click();
  await page.keyboard.press('z');
  await expect(page.locator('.closure')).toHaveCount(0);
  await expect(page.locator('.pane h1')).toHaveText(title);
  expect(heard).toEqual([]);
});

test('a stale answer is refused and the newer words are shown', async ({ page, request }) => {
  await enter(page, 'fr');
  const sent = await request.post('/f/halvenne?lang=fr', {
    multipart: { text: 'Ma lampe Orbelle est arrivée cassée', name: 'Paul Essai' },
  });
  const link = (await sent.text()).match(/href="http:\/\/[^/]+(\/p\/[\w-]+)/)?.[1] ?? '';
  expect(link).not.toBe('');
  // High enough to show every row there is: the list draws only those that are seen.
  await page.setViewportSize({ width: 1440, height: 2_400 });
  await page.goto('/inbox/unowned');
  await rows(page)
    .filter({ hasText: /Paul Essai/ })
    .click();
  await expect(page.locator('.pane h1')).toBeVisible();
  await expect(page.locator('section.reader')).toHaveAttribute('aria-busy', 'false');
  await page.keyboard.press('r');
  await expect(page.locator('#words')).toBeFocused();
  await page.keyboard.type('Bonjour, je regarde. Claire');
  await request.post(link, { multipart: { text: 'En fait elle marche, pardon !' } });
  await expect(page.locator('.thread')).toContainText('En fait elle marche');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alert')).toContainText('De nouveaux mots');
});

test('what a customer writes appears without reloading, behind a button', async ({
  page,
  request,
}) => {
  await enter(page, 'en');
  await page.goto('/inbox/open');
  await expect(rows(page).first()).toBeVisible();
  await page.waitForTimeout(800);
  await request.post('/f/halvenne?lang=en', {
    multipart: { text: 'The kettle gave me an electric shock', name: 'Ruth Trial' },
  });
  await expect(page.getByText(/new: show/)).toBeVisible();
  await page.locator('body').press('n');
  await expect(rows(page).filter({ hasText: /Ruth Trial/ })).toBeVisible();
});

test('a case that comes late never takes the place of the one asked for after it', async ({
  page,
}) => {
  await enter(page, 'fr');
  await page.goto('/inbox/open');
  await expect(rows(page).nth(1)).toBeVisible();
  let slow = '';
  await page.route(/\/api\/v1\/cases\/[\w-]+$/, async (route) => {
    slow ||= route.request().url();
    if (route.request().url() === slow) await new Promise((done) => setTimeout(done, 1_500));
    await route.continue();
  });
  await page.keyboard.press('j');
  await expect.poll(() => slow).not.toBe('');
  await page.keyboard.press('j');
  await expect(page.locator('section.reader')).toHaveAttribute('aria-busy', 'false');
  const title = await page.locator('.pane h1').innerText();
  await page.waitForTimeout(2_000);
  await expect(page.locator('.pane h1')).toHaveText(title);
  expect(new URL(page.url()).pathname).not.toContain(slow.split('/').at(-1));
});

test('a held key opens only the row it rests on, and what is pressed meanwhile is about that row', async ({
  page,
}) => {
  await enter(page, 'en');
  await page.goto('/inbox/open');
  await expect(rows(page).nth(12)).toBeVisible();
  const asked: string[] = [];
  await page.route(/\/api\/v1\/cases\/[\w-]+$/, async (route) => {
    asked.push(route.request().url());
    await new Promise((done) => setTimeout(done, 400));
    await route.continue();
  });
  await page.evaluate(() => {
    for (let press = 0; press < 9; press++)
      document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'j', bubbles: true, cancelable: true }),
      );
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key: 's', bubbles: true, cancelable: true }),
    );
  });
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(rows(page).nth(8)).toHaveAttribute('aria-selected', 'true');
  expect(new Set(asked).size).toBe(2);
  expect(asked.at(-1)?.endsWith(new URL(page.url()).pathname.split('/').at(-1) ?? 'none')).toBe(
    true,
  );
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  // Answering waits for the case, too.
  await rows(page).nth(5).click();
  await page.keyboard.press('r');
  await expect(page.locator('#words')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/inbox\/open$/);
  // The network is quick again: what was on its way has come.
  await page.unrouteAll({ behavior: 'wait' });
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
  await page.keyboard.press('j');
  await expect(page).not.toHaveURL(/\/inbox\/open$/);
  await page.waitForTimeout(600);
  // One step back is the list, not each case walked over.
  await page.goBack();
  await expect(page).toHaveURL(/\/inbox\/open$/);
});
