import { expect, test, type Page } from '@playwright/test';
import { enter, type Lang, rows } from './actions';

type Node = {
  ignored?: boolean;
  role?: { value: string };
  name?: { value: string };
  properties?: { name: string; value: { value: unknown } }[];
};
const ACTED_ON = [
  'button',
  'link',
  'textbox',
  'searchbox',
  'combobox',
  'checkbox',
  'radio',
  'tab',
  'option',
  'listbox',
  'dialog',
  'menuitem',
  'spinbutton',
  'Date',
];

/** What Chromium tells a screen reader. */
async function tree(page: Page): Promise<Node[]> {
  const cdp = await page.context().newCDPSession(page);
  const { nodes } = (await cdp.send('Accessibility.getFullAXTree')) as { nodes: Node[] };
  await cdp.detach();
  return nodes.filter((it) => !it.ignored);
}

/**
 * Things one acts on without a name, and regions of the same name: what a screen reader cannot tell
 * apart.
 */
function mistakes(nodes: Node[]): string[] {
  const nameless = nodes
    .filter((it) => ACTED_ON.includes(it.role?.value ?? '') && !it.name?.value.trim())
    .map((it) => `${it.role?.value} without a name`);
  const regions = nodes
    .filter((it) => ['region', 'navigation', 'complementary'].includes(it.role?.value ?? ''))
    .map((it) => `${it.role?.value} ${it.name?.value ?? ''}`);
  const twice = regions.filter((it, at) => regions.indexOf(it) !== at).map((it) => `two of: ${it}`);
  return [...nameless, ...twice];
}

for (const lang of ['fr', 'en'] as Lang[]) {
  test(`a screen reader hears a name for everything one acts on, in ${lang}`, async ({ page }) => {
    test.setTimeout(90_000);
    await enter(page, lang);
    for (const path of [
      '/',
      '/search?q=lampe',
      '/customers',
      '/report',
      '/friday',
      '/settings/appearance',
      '/settings/rules',
      '/settings/sources',
      '/settings/people',
    ]) {
      await page.goto(path);
      await expect(page.locator('main h1').first()).toBeVisible();
      await page.waitForTimeout(200);
      expect(mistakes(await tree(page)), path).toEqual([]);
    }
    await page.goto('/inbox/open');
    await rows(page).first().click();
    await expect(page.locator('.thread article').first()).toBeVisible();
    const nodes = await tree(page);
    expect(mistakes(nodes)).toEqual([]);

    // The list: how long it is, where one stands, and who owns the row, is said, not only shown.
    const option = nodes.find(
      (it) => it.role?.value === 'option' && /IC|Inès/.test(it.name?.value ?? ''),
    );
    expect(option?.name?.value).toMatch(lang === 'fr' ? /client/i : /customer/i);
    const list = page.getByRole('listbox', { name: lang === 'fr' ? 'À traiter' : 'To do' });
    await expect(list).toHaveAttribute('aria-activedescendant', 'row-0');
    await expect(rows(page).first()).toHaveAttribute('aria-posinset', '1');
    expect(Number(await rows(page).first().getAttribute('aria-setsize'))).toBeGreaterThan(20);
    // Our words and theirs are told apart by name; each by who wrote and when.
    await expect(page.locator('.thread article').first()).toHaveAttribute('aria-label', /,/);
    for (const key of ['s', 'a', 'l', 'q', 'e', '?', 'v']) {
      await page.locator('.pane h1').click();
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(mistakes(await tree(page)), key).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  });
}

test('a planted button without a name is found', async ({ page }) => {
  await enter(page, 'en');
  await page.evaluate(() => {
    const nobody = document.createElement('button');
    document.querySelector('main')?.append(nobody);
  });
  expect(mistakes(await tree(page))).toEqual(['button without a name']);
});

test('zoomed twice, with forced colours and less motion, every page can be used', async ({
  page,
}) => {
  await enter(page, 'fr');
  // 1440 wide at 200 % is 720 wide: nothing may stick out.
  await page.setViewportSize({ width: 720, height: 450 });
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  for (const path of [
    '/',
    '/inbox/open',
    '/friday',
    '/settings/rules',
    '/search?q=lampe',
    '/customers',
  ]) {
    await page.goto(path);
    await expect(page.locator('main')).not.toBeEmpty();
    await page.waitForTimeout(200);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      path,
    ).toBe(true);
  }
  await page.goto('/inbox/open');
  await rows(page).first().click();
  await expect(page.locator('.pane h1')).toBeVisible();
  const small = await page.evaluate(() =>
    [
      ...document.querySelectorAll(
        'button, a.room, select, input:not([type=checkbox], [type=radio])',
      ),
    ]
      .filter((it) => {
        const box = it.getBoundingClientRect();
        return box.width > 0 && (box.height < 24 || box.width < 24);
      })
      .map((it) => it.outerHTML.slice(0, 80)),
  );
  expect(small).toEqual([]);
});
