import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export type Lang = 'fr' | 'en';

/** Signs in, in a language. */
export async function enter(page: Page, lang: Lang, who = 'claire') {
  await page.addInitScript((it) => localStorage.setItem('vigie.lang', it), lang);
  await page.goto('/');
  await page.locator('#email').fill(`${who}@halvenne.example`);
  await page.locator('#password').fill('vigie-demo-2026');
  await page.locator('button.main').click();
  await expect(page.locator('.tiles')).toBeVisible();
  if ((await page.locator('html').getAttribute('lang')) === lang) return;
  const rail = page.locator('nav .foot button').first();
  if (!(await rail.isVisible())) await page.goto('/settings');
  const other = (await rail.isVisible()) ? rail : page.locator('.me button').first();
  await other.click();
  await expect(page.locator('html')).toHaveAttribute('lang', lang);
  await page.goto('/');
  await expect(page.locator('.tiles')).toBeVisible();
}

/** The rows of the inbox; the lists' own options are not among them. */
export const rows = (page: Page) => page.locator('.rows [role=option]');

/** Nothing axe finds against WCAG 2.2 AA. */
export async function accessible(page: Page) {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(' ')).join(' | ')}`)).toEqual([]);
}

/** Whatever a browser complains of: a blocked script, an error, a broken policy. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('pageerror', (why) => heard.push(why.message));
  page.on('console', (line) => {
    // Before signing in, asking who one is answers 401: that is the answer.
    if (line.type() === 'error' && !line.text().includes('401')) heard.push(line.text());
  });
  return heard;
}
