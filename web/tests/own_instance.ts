import { expect, type Page } from '@playwright/test';
import type { Lang } from './actions';
import type { Served } from './post_office';

/** Enters a new house as its first administrator. */
export async function found(page: Page, open: Served, lang: Lang) {
  await page.addInitScript((it) => localStorage.setItem('vigie.lang', it), lang);
  await page.goto(open.welcome);
  await page.locator('#name').fill('Claire Morvan');
  await page.locator('#email').fill('claire@halvenne.test');
  await page.locator('#password').fill('un guet voit loin');
  await page.locator('button.main').click();
  await expect(page.locator('.tiles')).toBeVisible();
}

/** Calls the API as whoever is signed in. */
export const call = (page: Page, method: string, path: string, body: unknown) =>
  page.evaluate(
    async ([method, path, body]) => {
      const me = await (await fetch('/api/v1/me')).json();
      const answer = await fetch(path as string, {
        method: method as string,
        headers: { 'content-type': 'application/json', 'x-vigie-csrf': me.csrf },
        body: JSON.stringify(body),
      });
      return answer.json();
    },
    [method, path, body] as const,
  );

/** A key with which a program may post messages. */
export async function program(page: Page): Promise<string> {
  const made = await call(page, 'POST', '/api/v1/sources', {
    kind: 'api',
    name: 'Site',
    webhook_url: 'https://shop.example/hook',
  });
  const key = await call(page, 'POST', '/api/v1/keys', {
    name: 'shop',
    source: made.source.id,
    scopes: ['messages:write'],
  });
  return key.key as string;
}

/** Posts messages as that program. */
export async function hears(open: Served, key: string, messages: object[]) {
  const answer = await fetch(`${open.address}/api/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(messages),
  });
  expect(answer.status).toBe(200);
}
