import { expect, test, type Page } from '@playwright/test';
import { enter, type Lang, rows } from './actions';

// Every page and state, to be looked at by people: target/screenshots/. Nothing is changed in the
// house meanwhile.
const looks = (['fr', 'en'] as Lang[]).flatMap((lang) =>
  ['light', 'dark'].flatMap((theme) => [1440, 390].map((width) => ({ lang, theme, width }))),
);
const SETTINGS = [
  'appearance',
  'cards',
  'causes',
  'tags',
  'rules',
  'teams',
  'colleagues',
  'sources',
  'past',
  'refused',
  'outbox',
  'people',
  'brand',
  'retention',
  'keys',
  'webhooks',
  'tasks',
];

async function still(page: Page) {
  await page.waitForLoadState('networkidle').catch(() => {});
  await page.evaluate(() => document.fonts.ready);
}

for (const { lang, theme, width } of looks) {
  test(`gallery: ${lang} ${theme} ${width}`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await page.addInitScript((it) => localStorage.setItem('vigie.theme', it), theme);
    const shoot = async (what: string) => {
      await page.waitForTimeout(80);
      await page.screenshot({
        path: `../target/screenshots/${lang}-${theme}-${width}-${what}.png`,
      });
    };
    const open = async (path: string, what: string) => {
      await page.goto(path);
      await expect(page.locator('main')).not.toBeEmpty();
      await shoot(what);
    };
    await page.addInitScript((it) => localStorage.setItem('vigie.lang', it), lang);
    await page.goto('/');
    await expect(page.locator('#email')).toBeVisible();
    await shoot('sign-in');
    await enter(page, lang);
    await shoot('today');
    await page.locator('.page').evaluate((it) => it.scrollTo(0, 700));
    await shoot('today-below');
    await open('/inbox/open', 'list');
    await expect(rows(page).first()).toBeVisible();
    await shoot('list');
    await rows(page).first().click();
    await expect(page.locator('.thread article').first()).toBeVisible();
    await still(page);
    await shoot('case');
    await page.locator('.pane h1').click();
    const dialog = page.getByRole('dialog');
    await page.keyboard.press('r');
    await expect(page.locator('#words')).toBeFocused();
    await shoot('writing');
    await page.keyboard.press('Escape');
    await expect(page.locator('#words')).toHaveCount(0);
    for (const [key, what] of [
      ['s', 'snooze'],
      ['a', 'assign'],
      ['l', 'tags'],
      ['q', 'ask'],
      ['e', 'close'],
      ['v', 'filter'],
      ['?', 'keys'],
      ['Control+k', 'palette'],
      ['m', 'cards'],
    ] as const) {
      await page.keyboard.press(key);
      await expect(dialog).toBeVisible();
      await shoot(what);
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    }
    await page.locator('#words').press('Escape');
    await expect(page.locator('#words')).toHaveCount(0);
    if (width === 1440) {
      for (const tab of ['customer', 'history']) {
        await page.locator(`#tab-${tab}`).click();
        await shoot(`margin-${tab}`);
      }
      await page.evaluate(() => localStorage.setItem('vigie.density', 'compact'));
      await open('/inbox/open', 'list-compact');
      await page.evaluate(() => localStorage.removeItem('vigie.density'));
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await shoot('list-selected');
    } else {
      await page.locator('.drawer').click();
      await shoot('why');
    }
    await open('/inbox/snoozed', 'list-empty');
    await open('/inbox/open?feeling=negative&order=oldest', 'list-narrowed');
    await open('/search', 'search');
    await open('/search?q=lampe', 'search-found');
    await open('/search?q=lampe%20(', 'search-mistake');
    await open('/customers', 'customers');
    await page.locator('tbody a').first().click();
    await expect(page.locator('.timeline li').first()).toBeVisible();
    await shoot('customer');
    for (const it of ['', '/seen', '/mine'])
      await open(`/report${it}`, `report${it.replace('/', '-')}`);
    await open('/friday', 'friday');
    for (const it of SETTINGS) await open(`/settings/${it}`, `settings-${it}`);
    await open('/nowhere', 'no-page');
    await page.goto(`/f/halvenne?lang=${lang}`);
    await shoot('form');
    await page.emulateMedia({ media: 'print' });
    await page.goto('/friday');
    await expect(page.locator('figure').first()).toBeVisible();
    await shoot('friday-printed');
    await page.goto('/inbox/open');
    await rows(page).first().waitFor({ state: 'attached' });
    await page.keyboard.press('j');
    await expect(page.locator('.thread article').first()).toBeVisible();
    await shoot('case-printed');
  });
}
