import { expect, test } from '@playwright/test';
import { accessible, complaints, enter, type Lang } from './actions';

for (const lang of ['fr', 'en'] as Lang[]) {
  test(`what was said is found by keyboard, in ${lang}`, async ({ page }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme: lang === 'fr' ? 'light' : 'dark' });
    await enter(page, lang);
    await page.keyboard.press('f');
    const box = page.getByRole('searchbox');
    await expect(box).toBeFocused();
    await accessible(page);
    await page.keyboard.type('livraison OR delivery');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/q=livraison/);
    const results = page.locator('.result');
    await expect(results.first()).toBeVisible();
    await expect(results.first().locator('mark').first()).toBeVisible();
    await accessible(page);
    await page.screenshot({ path: `../target/screenshots/${lang}-search.png` });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `../target/screenshots/${lang}-search-390.png` });
    await page.setViewportSize({ width: 1440, height: 900 });

    // A count narrows; the query in the address says so.
    await page.locator('.chips button').first().click();
    await expect(page).toHaveURL(/kind%3A/);
    await expect(results.first()).toBeVisible();

    // A mistake shows its place.
    await box.fill('colis (perdu');
    expect(heard).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert').locator('mark')).toHaveText('(');
    await expect(page.getByRole('alert')).toContainText(
      lang === 'fr' ? 'jamais fermée' : 'never closed',
    );
    await box.fill('livraison OR delivery');
    await page.keyboard.press('Enter');
    await results.first().click();
    await expect(page.locator('.thread article').first()).toBeVisible();
  });
}

test('a customer is found by the beginning of a name without its accents, and by an address', async ({
  page,
}) => {
  await enter(page, 'en');
  const accented = await page.evaluate(async () => {
    for (let after = '' as string | null; after !== null;) {
      const all = await (
        await fetch(`/api/v1/customers${after && `?after=${encodeURIComponent(after)}`}`)
      ).json();
      const found = (all.customers as { name: string }[]).find((it) => /[à-ÿ]/.test(it.name));
      if (found) return found.name;
      after = all.next ?? null;
    }
    throw new Error('the demo has no such customer');
  });
  const plain = accented.normalize('NFD').replace(/\p{M}/gu, '');
  await page.goto('/customers');
  const box = page.getByRole('searchbox');
  await box.fill(plain.slice(0, -1));
  const found = page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: accented, exact: true }) })
    .first();
  await expect(found.locator('mark').first()).toBeVisible();
  await accessible(page);

  const address = /[\w.]+@[\w.]+/.exec(await found.innerText())?.[0] ?? '';
  await box.fill(address);
  await expect(found.locator('mark').first()).toBeVisible();
  await box.fill('');
  await expect(page.locator('mark')).toHaveCount(0);
  await box.fill('zzzz');
  await expect(page.locator('tbody tr')).toHaveCount(0);
});
