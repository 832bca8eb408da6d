import { expect, test } from '@playwright/test';
import { accessible, enter, rows, type Lang } from './actions';

// A colleague without account answers on a telephone; the agent asks by keyboard alone.
for (const lang of ['fr', 'en'] as Lang[]) {
  test(`a colleague answers on a telephone, in ${lang}`, async ({ page, browser }) => {
    await enter(page, lang);
    await page.goto('/inbox/open');
    await expect(rows(page).first()).toBeVisible();
    await rows(page)
      .nth(lang === 'fr' ? 3 : 5)
      .click();
    await expect(page.locator('.thread article').first()).toBeVisible();
    await page.keyboard.press('q');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    await page.screenshot({ path: `../target/screenshots/${lang}-ask.png` });
    await accessible(page);
    await dialog.locator('input[type=email]').fill(`yann-${lang}@halvenne.example`);
    await dialog
      .getByRole('textbox', { name: lang === 'fr' ? 'Nom' : 'Name', exact: true })
      .fill('Yann Le Gallou');
    await dialog
      .locator('#question')
      .fill(lang === 'fr' ? 'Le chargeur est-il rappelé ?' : 'Is the charger recalled?');
    await dialog.locator('button.main').click();
    const link = await dialog.locator('input[readonly]').inputValue();
    await dialog.locator('button.main').click();

    const telephone = await browser.newContext({
      viewport: { width: 390, height: 844 },
      locale: lang,
    });
    const phone = await telephone.newPage();
    await phone.goto(new URL(link).pathname);
    await expect(phone.locator('blockquote').first()).toContainText(
      lang === 'fr' ? 'Le chargeur' : 'Is the charger',
    );
    await phone.screenshot({
      path: `../target/screenshots/${lang}-colleague-390.png`,
      fullPage: true,
    });
    await accessible(phone);
    await phone
      .locator('#text')
      .fill(lang === 'fr' ? 'Oui, depuis lundi : lot 42.' : 'Yes, since Monday: batch 42.');
    await phone.locator('form button').first().click();
    await expect(phone.getByRole('status')).toBeVisible();
    await telephone.close();

    // The answer appears beside the words, and in the draft with the colleague's name.
    await expect(page.locator('article.note .answer').last()).toContainText('42');
    await page.reload();
    await expect(page.locator('.thread article').first()).toBeVisible();
    await page.keyboard.press('r');
    await expect(page.locator('textarea').first()).toHaveValue(/— Yann Le Gallou/);
    await page.screenshot({ path: `../target/screenshots/${lang}-answered.png` });
  });
}

test('who knows what is shown, and a mailbox can be set up by keyboard', async ({ page }) => {
  await enter(page, 'en');
  await page.goto('/settings/colleagues');
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await accessible(page);
  await page.screenshot({ path: '../target/screenshots/en-colleagues.png' });
  await page.goto('/settings/sources');
  await page.locator('select').last().selectOption('mail');
  const form = page.locator('form.connector').last();
  await form.locator('input[type=email]').first().fill('care@halvenne.example');
  await form.locator('input[type=email]').first().blur();
  await expect(form.locator('fieldset input').first()).toHaveValue('imap.halvenne.example');
  await form.locator('input[type=password]').fill('wrong');
  await accessible(page);
  await form.scrollIntoViewIfNeeded();
  await page.screenshot({ path: '../target/screenshots/en-mailbox.png' });
  await form.locator('button.main').click();
  // Nobody answers at that name: the failure is said where the source is.
  await expect(page.locator('[role=status] .bad').first()).toBeVisible({ timeout: 40_000 });
});
