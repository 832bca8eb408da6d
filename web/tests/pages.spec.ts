import { expect, test } from '@playwright/test';
import { accessible, complaints, enter, type Lang, rows } from './actions';

const pages = [
  '/',
  '/inbox/open',
  '/inbox/orphans',
  '/inbox/snoozed',
  '/search?q=lampe',
  '/friday',
  '/customers',
  '/report',
  '/report/seen',
  '/report/mine',
  '/settings/appearance',
  '/settings/account',
  '/settings/rules',
  '/settings/tags',
  '/settings/teams',
  '/settings/colleagues',
  '/settings/past',
  '/settings/retention',
  '/settings/webhooks',
  '/settings/tasks',
  '/settings/cards',
  '/settings/causes',
  '/settings/refused',
  '/settings/outbox',
  '/settings/sources',
  '/settings/keys',
  '/settings/people',
  '/settings/brand',
];

for (const lang of ['fr', 'en'] as Lang[]) {
  test(`every page is accessible and silent in ${lang}`, async ({ page }) => {
    test.setTimeout(180_000);
    const heard = complaints(page);
    await enter(page, lang);
    for (const path of pages) {
      await page.goto(path);
      await expect(page.locator('main')).not.toBeEmpty();
      await page.waitForTimeout(150);
      await accessible(page);
    }
    await page.goto('/inbox/open');
    await rows(page).first().click();
    await expect(page.locator('.thread article').first()).toBeVisible();
    await accessible(page);
    await page.goto('/customers');
    await page.locator('tbody a').first().click();
    await expect(page.locator('.timeline li').first()).toBeVisible();
    await accessible(page);
    expect(heard).toEqual([]);
  });

  test(`the customers' pages are accessible in ${lang}`, async ({ page }) => {
    await page.goto(`/f/halvenne?lang=${lang}`);
    await accessible(page);
    await page.locator('#text').fill('Ma bouilloire Perline fuit');
    await page.locator('button').click();
    await accessible(page);
    await page.locator('.link a').click();
    await expect(page.locator('.thread li')).toHaveCount(1);
    await accessible(page);
  });
}

test('a report takes ten seconds on a telephone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await enter(page, 'fr', 'sophie');
  await page.goto('/report');
  await page.locator('#text').fill('Client au comptoir : sa tondeuse Graminor cale');
  await page.locator('form button.main').click();
  await expect(page.getByText('Transmis, merci')).toBeVisible();
  await page.goto('/report/mine');
  await expect(page.getByText('sa tondeuse Graminor cale')).toBeVisible();
});
