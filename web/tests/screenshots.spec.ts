import { expect, test } from '@playwright/test';
import { enter, type Lang, rows } from './house';

// Pictures to be looked at, made anew at each run: target/screenshots/.
const looks: { name: string; lang: Lang; width: number; height: number; theme: string }[] = [
  { name: 'fr-light-1440', lang: 'fr', width: 1440, height: 900, theme: 'light' },
  { name: 'en-dark-1440', lang: 'en', width: 1440, height: 900, theme: 'dark' },
  { name: 'fr-light-390', lang: 'fr', width: 390, height: 844, theme: 'light' },
];

for (const look of looks) {
  test(`pictures: ${look.name}`, async ({ page }) => {
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.addInitScript((theme) => localStorage.setItem('vigie.theme', theme), look.theme);
    await enter(page, look.lang);
    const shoot = (what: string) => page.screenshot({ path: `../target/screenshots/${look.name}-${what}.png` });
    await shoot('today');
    await page.goto('/inbox/open');
    await expect(rows(page).first()).toBeVisible();
    await shoot('list');
    await rows(page).first().click();
    await expect(page.locator('.thread article').first()).toBeVisible();
    await page.waitForTimeout(400);
    await shoot('inbox');
    await page.goto('/customers');
    await page.locator('tbody a').first().click();
    await expect(page.locator('.timeline li').first()).toBeVisible();
    await shoot('customer');
    for (const [path, what] of [['/report', 'report'], ['/settings/sources', 'sources'], ['/settings/causes', 'causes'], ['/settings/people', 'people']]) {
      await page.goto(path ?? '/');
      await page.waitForTimeout(400);
      await shoot(what ?? '');
    }
    await page.goto(`/f/halvenne?lang=${look.lang}`);
    await shoot('form');
  });
}
