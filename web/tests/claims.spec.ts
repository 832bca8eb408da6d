import { expect, test, type Page } from '@playwright/test';
import { accessible, complaints, enter, rows, type Lang } from './actions';

/** Somebody the shop knows, with their address. */
async function known(page: Page) {
  const list = await page.request.get('/api/v1/customers');
  for (const { id } of (await list.json()).customers) {
    const found = await page.request.get(`/api/v1/customers/${id}`);
    const customer = await found.json();
    const author = customer.edges.find((it: { author: { email?: string } }) => it.author.email);
    if (customer.orders_count && author) return { name: customer.name, email: author.author.email };
  }
  throw new Error('the demo knows no buyer by an address');
}

for (const lang of ['fr', 'en'] as Lang[]) {
  const [tab, isThem, theme] =
    lang === 'fr'
      ? ['Client', /^C.est bien cette personne$/, 'dark' as const]
      : ['Customer', /^It is them$/, 'light' as const];

  test(`who says they are a customer is one once a person vouches, in ${lang}`, async ({
    page,
    request,
  }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme: theme });
    await enter(page, lang);
    const customer = await known(page);
    const who = lang === 'fr' ? 'Paule Prétend' : 'Paula Claims';
    await request.post(`/f/halvenne?lang=${lang}`, {
      multipart: { text: 'Ma commande, svp — my order', name: who, email: customer.email },
    });
    await page.setViewportSize({ width: 1440, height: 2_400 });
    await page.goto('/inbox/open');
    await rows(page).filter({ hasText: who }).click();
    await expect(page.locator('section.reader')).toHaveAttribute('aria-busy', 'false');

    await page.getByRole('tab', { name: tab, exact: true }).click();
    const panel = page.locator('#margin');
    await expect(panel).toContainText(customer.email);
    await expect(panel.locator('.warning').first()).toBeVisible();
    await expect(panel.getByText('✓')).toHaveCount(0);
    await expect(panel.getByRole('link', { name: customer.name })).toBeVisible();

    await accessible(page);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.screenshot({ path: `../target/screenshots/${lang}-claim.png` });

    await panel.getByRole('button', { name: isThem }).click();
    await expect(panel.getByText('✓')).toBeVisible();
    await page.keyboard.press('z');
    await expect(panel.getByText('✓')).toHaveCount(0);
    await expect(panel.locator('.warning').first()).toBeVisible();
    expect(heard).toEqual([]);
  });
}
