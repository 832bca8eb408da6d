import { expect, test } from '@playwright/test';
import { accessible, complaints, enter, type Lang, rows } from './actions';

for (const lang of ['fr', 'en'] as Lang[]) {
  const fr = lang === 'fr';
  const name = fr ? 'Salon de thé' : 'Tea room';

  test(`a team is made, given a case by keyboard, and one of it takes it, in ${lang}`, async ({
    page,
    browser,
  }) => {
    const heard = complaints(page);
    await enter(page, lang);
    await page.goto('/settings/teams');
    const box = page.getByRole('textbox', { name: fr ? 'Nom de l’équipe' : 'Name of the team' });
    await box.focus();
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    // Who belongs to it is asked at once.
    await expect(
      page.getByRole('group', { name: fr ? 'Qui en fait partie' : 'Who belongs to it' }),
    ).toBeVisible();
    await page.getByLabel(fr ? 'Horaires de l’équipe' : 'Hours of the team').fill('never');
    await page.keyboard.press('Enter');
    await expect(
      page.getByText(fr ? 'Ces heures ne se lisent pas' : 'These hours cannot be read'),
    ).toBeVisible();
    await page.getByLabel(fr ? 'Horaires de l’équipe' : 'Hours of the team').fill('Tu 09:00-12:00');
    await page.getByLabel('Sophie Delannoy').check();
    await page.keyboard.press('Enter');
    const card = page.getByRole('region', { name });
    await expect(card).toContainText('Sophie Delannoy');
    await expect(card).toContainText(fr ? 'au travail' : 'at work now');
    await accessible(page);

    await page.goto('/inbox/unowned');
    await expect(rows(page).nth(1)).toBeVisible();
    await rows(page).nth(1).click();
    await expect(page.locator('.thread article').first()).toBeVisible();
    const title = await page.locator('.pane h1').innerText();
    await page.keyboard.press('a');
    await page.keyboard.type(fr ? 'salon' : 'tea');
    await expect(page.locator('#picker [role=option]').first()).toContainText(name);
    await page.keyboard.press('Enter');
    await expect(page.locator('.pane header')).toContainText(name);
    await page.keyboard.press('z');
    await expect(page.locator('.pane header')).not.toContainText(name);
    await page.keyboard.press('a');
    await page.keyboard.type(fr ? 'salon' : 'tea');
    await page.keyboard.press('Enter');
    await expect(page.locator('.pane header')).toContainText(name);

    // A volunteer of the team finds it in their own view, and takes it.
    const beside = await browser.newContext();
    const other = await beside.newPage();
    await enter(other, lang, 'sophie');
    await other.getByRole('link', { name: fr ? /^Mes équipes/ : /^My teams/ }).click();
    await expect(rows(other).first()).toContainText(name);
    await accessible(other);
    await rows(other).first().click();
    await expect(other.locator('.pane h1')).toHaveText(title);
    await other.keyboard.press('i');
    await expect(other.locator('.pane header')).toContainText('Sophie Delannoy');
    await expect(page.locator('.pane header')).toContainText('Sophie Delannoy');
    await beside.close();

    await page.goto('/settings/teams');
    await card.getByRole('button', { name: fr ? /^Ranger/ : /^Put away/ }).click();
    await expect(card).toContainText(fr ? 'rangée' : 'put away');
    expect(heard.filter((it) => !it.includes('422'))).toEqual([]);
  });
}
