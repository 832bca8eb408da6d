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
  // Signing in follows the account's language; loading again follows the browser's own choice.
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('lang', lang);
  await expect(page.locator('.tiles')).toBeVisible();
}

/** The rows of the inbox; the lists' own options are not among them. */
export const rows = (page: Page) => page.locator('.rows [role=option]');

/** Nothing axe finds against WCAG 2.2 AA. */
export async function accessible(page: Page) {
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(
    found.violations.map(
      (it) => `${it.id}: ${it.nodes.map((node) => node.target.join(' ')).join(' | ')}`,
    ),
  ).toEqual([]);
}

/** Whatever a browser complains of: a blocked script, an error, a broken policy. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('pageerror', (why) => heard.push(why.message));
  page.on('console', (line) => {
    // Before signing in, asking who one is answers 401: that is the answer.
    if (line.type() === 'error' && !line.text().includes('401'))
      heard.push(`${line.text()} ${line.location().url}`);
  });
  return heard;
}
