import { expect, test } from '@playwright/test';
import { enter, type Lang, rows } from './actions';
import { call } from './own_instance';

// States that come and go, and the pages of people without account, to be looked at by people:
// target/screenshots/.
const looks = (['fr', 'en'] as Lang[]).flatMap((lang) =>
  ['light', 'dark'].flatMap((theme) => [1440, 390].map((width) => ({ lang, theme, width }))),
);
const CASE = /\/api\/v1\/cases\/[\w-]+$/;
const later = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

for (const { lang, theme, width } of looks) {
  test(`states: ${lang} ${theme} ${width}`, async ({ page, context, request }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await page.emulateMedia({ colorScheme: theme as 'light' | 'dark' });
    await page.addInitScript((it) => localStorage.setItem('vigie.theme', it), theme);
    const shoot = async (what: string) => {
      await page.waitForTimeout(80);
      await page.screenshot({
        path: `../target/screenshots/${lang}-${theme}-${width}-state-${what}.png`,
      });
    };
    await enter(page, lang);

    // A list on its way, a page that cannot be had.
    await page.route(/\/api\/v1\/cases\?/, async (route) => {
      await later(800);
      await route.continue();
    });
    await page.goto('/inbox/open');
    await expect(page.locator('.lines')).toBeVisible();
    await shoot('list-coming');
    await expect(rows(page).first()).toBeVisible();
    await page.unrouteAll({ behavior: 'wait' });
    await page.route(/\/api\/v1\/today/, (route) => route.abort());
    await page.goto('/');
    await expect(page.locator('main').getByRole('alert').getByRole('button')).toBeVisible();
    await shoot('today-failing');
    await page.unroute(/\/api\/v1\/today/);

    // New words wait behind a button; what was done can be undone; the line is cut.
    await page.goto('/inbox/open');
    await expect(rows(page).first()).toBeVisible();
    await page.waitForTimeout(500);
    const sent = await request.post(`/f/halvenne?lang=${lang}`, {
      multipart: {
        text: lang === 'fr' ? 'Ma bouilloire Perline fuit.' : 'My Perline kettle leaks.',
        name: 'Ruth Trial',
      },
    });
    await expect(page.locator('.fresh')).toBeVisible();
    await shoot('list-news');
    await rows(page).nth(2).click();
    await expect(page.locator('.thread article').first()).toBeVisible();
    await page.keyboard.press('p');
    await expect(page.locator('.toasts button').first()).toBeVisible();
    await shoot('undo');
    await page.keyboard.press('z');
    await page.route(CASE, async (route) => {
      await later(800);
      await route.continue();
    });
    await page.keyboard.press('j');
    await page.waitForTimeout(300);
    await shoot('case-coming');
    await expect(page.locator('section.reader')).toHaveAttribute('aria-busy', 'false');
    await page.unrouteAll({ behavior: 'wait' });
    await context.setOffline(true);
    await expect(page.locator('.lost')).toBeVisible({ timeout: 20_000 });
    await shoot('line-lost');
    await page.keyboard.press('p');
    await expect(page.locator('.toasts .bad')).toBeVisible();
    await shoot('refused-offline');
    await context.setOffline(false);

    // People without account: a colleague, somebody invited, a customer.
    const about = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const question = await call(page, 'POST', `/api/v1/cases/${about}/questions`, {
      email: `yann-${lang}-${theme}-${width}@halvenne.example`,
      name: 'Yann Le Gallou',
      text: lang === 'fr' ? 'Le chargeur est-il rappelé ?' : 'Is the charger recalled?',
    });
    const invited = await call(page, 'POST', '/api/v1/people', { role: 'volunteer' });
    await page.goto(new URL(question.link).pathname);
    await shoot('colleague');
    await page.goto('/');
    await call(page, 'DELETE', `/api/v1/cases/${about}/questions/${question.id}`, {});
    await page.goto(new URL(invited.url).pathname);
    await expect(page.locator('#password')).toBeVisible();
    await shoot('welcome');
    await page.goto('/welcome/over');
    await expect(page.locator('main')).not.toBeEmpty();
    await shoot('welcome-over');
    // The form answers so often a minute only: this is what it answered above.
    await page.setContent(await sent.text());
    await shoot('form-sent');
    await page.goto((await page.locator('.link a').getAttribute('href')) ?? '');
    await expect(page.locator('.thread li')).toHaveCount(1);
    await shoot('private-page');
  });
}
