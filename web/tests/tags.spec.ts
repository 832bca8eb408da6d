import { expect, test } from '@playwright/test';
import { accessible, complaints, enter, type Lang, rows } from './actions';

for (const lang of ['fr', 'en'] as Lang[]) {
  const [word, theme] =
    lang === 'fr' ? ['Pièce à commander', 'light' as const] : ['Part to order', 'dark' as const];

  test(`a case is tagged, found by its tag and untagged by keyboard, in ${lang}`, async ({
    page,
  }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme: theme });
    await enter(page, lang);
    await page.goto('/inbox/open');
    await rows(page).nth(1).click();
    await expect(page.locator('.thread article').first()).toBeVisible();
    await page.keyboard.press('l');
    const box = page.getByRole('combobox', {
      name: lang === 'fr' ? 'Cherchez une étiquette' : 'Find a tag',
    });
    await expect(box).toBeFocused();
    await accessible(page);
    await page.keyboard.type(word);
    await page.screenshot({ path: `../target/screenshots/${lang}-tagging.png` });
    await page.keyboard.press('Enter');
    const worn = page.locator('header .tags');
    await expect(worn).toContainText(word);
    // However it is spelt, it is the same one: found, and taken off.
    await page.keyboard.type(word.toUpperCase());
    await expect(page.locator('#tag-choices [role=option]')).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await page.keyboard.press('Escape');
    await page.screenshot({ path: `../target/screenshots/${lang}-tagged.png` });
    await accessible(page);

    await page.locator('.pane h1').click();
    await page.keyboard.press('v');
    await page.locator('#filter-tag').selectOption({ label: word });
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/tag=/);
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page).first()).toContainText(word);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(
      new URL(page.url()).pathname.replace(/\/[^/]*$/, '') + new URL(page.url()).search,
    );
    await expect(rows(page)).toHaveCount(1);
    await page.screenshot({ path: `../target/screenshots/${lang}-tagged-390.png` });
    await rows(page).first().click();
    await expect(worn).toContainText(word);
    await page.screenshot({ path: `../target/screenshots/${lang}-tagged-case-390.png` });
    await page.setViewportSize({ width: 1440, height: 900 });
    await worn.getByRole('button', { name: word }).click();
    await expect(worn).not.toContainText(word);
    await page.keyboard.press('z');
    await expect(worn).toContainText(word);

    await page.goto('/settings/tags');
    await expect(page.getByRole('cell', { name: word, exact: true })).toBeVisible();
    await accessible(page);
    await page.screenshot({ path: `../target/screenshots/${lang}-tags.png` });
    expect(heard).toEqual([]);
  });

  test(`customers and cases are found, and a search is kept, in ${lang}`, async ({ page }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme: theme });
    await enter(page, lang);
    await page.goto('/search?q=camille%20OR%20atelier%20OR%20emma');
    const nouns = page.getByRole('navigation', {
      name: lang === 'fr' ? 'Ce qui a été trouvé' : 'What was found',
    });
    await expect(nouns.getByRole('link')).toHaveCount(3);
    await nouns.getByRole('link').nth(2).click();
    await expect(page).toHaveURL(/noun=customer/);
    await expect(page.locator('.result').first()).toHaveAttribute('href', /customers/);
    await accessible(page);
    await page.screenshot({ path: `../target/screenshots/${lang}-search-customers.png` });
    await nouns.getByRole('link').nth(1).click();
    await expect(page.locator('.result').first()).toHaveAttribute('href', /inbox/);
    await page.screenshot({ path: `../target/screenshots/${lang}-search-cases.png` });

    // A mistake about a name is told in the reader's language, with the names there are.
    await page.goto('/search?q=tag%3Anowhere');
    await expect(page.getByRole('alert')).toContainText(
      lang === 'fr' ? 'Il y a : ' : 'There are: ',
    );
    await page.goto('/search?q=tag%3Aatelier');
    await page
      .getByRole('button', { name: lang === 'fr' ? 'Garder cette recherche' : 'Save this search' })
      .click();
    await page.keyboard.type(`Atelier ${lang}`);
    await accessible(page);
    await page.screenshot({ path: `../target/screenshots/${lang}-search-save.png` });
    await page.keyboard.press('Enter');
    const saved = page.getByRole('list', {
      name: lang === 'fr' ? 'Recherches gardées' : 'Saved searches',
    });
    await expect(saved).toContainText(`Atelier ${lang}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `../target/screenshots/${lang}-search-saved-390.png` });
    await page.goto('/search');
    await saved.getByRole('link', { name: `Atelier ${lang}` }).click();
    await expect(page).toHaveURL(/q=tag%3Aatelier/);
    await saved.getByRole('button', { name: `Atelier ${lang}` }).click();
    await expect(saved).not.toContainText(`Atelier ${lang}`);
    expect(heard).toEqual(heard.filter((it) => it.includes('422')));
  });
}
