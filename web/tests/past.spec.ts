import { expect, test } from '@playwright/test';
import { accessible, complaints, rows } from './actions';
import { found } from './own_instance';
import { startServer } from './post_office';

// A year of threads of our own making: half of them answered, some never, the answer always a line
// before the question.
function table(): string {
  const lines = ['Numero;Compte;Sortant;Date;Reponse a;Texte'];
  for (let at = 1; at <= 120; at++) {
    const day = String((at % 27) + 1).padStart(2, '0');
    const month = String((at % 6) + 1).padStart(2, '0');
    if (at % 3)
      lines.push(
        `${at}.2;maison;oui;${day}/${month}/2024 1${at % 10}:30;${at}.1;Bonjour, nous regardons cela.`,
      );
    lines.push(
      `${at}.1;client${at};non;${day}/${month}/2024 10:00;;Ma lampe ${at} est cassée, que faire ?`,
    );
    if (at % 4 === 0)
      lines.push(
        `${at}.3;client${at};non;${day}/${month}/2024 19:00;${at}.1;Toujours rien, deuxième message.`,
      );
  }
  return [...lines, '999;perdu;non'].join('\n');
}

test('a past is looked at, taken in, understood, and taken out', async ({ page }) => {
  test.setTimeout(90_000);
  const heard = complaints(page);
  const open = await startServer(18_435);
  try {
    await found(page, open, 'fr');
    await page.goto(`${open.address}/settings/past`);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'anciens.csv', mimeType: 'text/csv', buffer: Buffer.from(table()) });
    // The date is in a form of its own: it is asked for, in words.
    await page.getByLabel('date', { exact: true }).fill('Date:%d/%m/%Y %H:%M');
    await page.getByLabel('parle pour', { exact: true }).fill('Sortant?brand:customer');
    await page.getByLabel('répond à', { exact: true }).fill('Reponse a');
    await page.getByRole('button', { name: 'Relire' }).click();
    await expect(page.locator('form table tbody tr')).toHaveCount(5);
    await expect(page.locator('form [role=status]').last()).toContainText(/refusés\s:\s1/);
    await accessible(page);
    await page.screenshot({ path: '../target/screenshots/fr-past-preview.png', fullPage: true });
    await page.getByRole('button', { name: 'Reprendre' }).click();
    const mine = page.locator('section.card').first();
    await expect(mine).toContainText('repris', { timeout: 20_000 });

    await mine.getByRole('link', { name: 'Votre propre passé' }).click();
    await expect(page.locator('.tiles strong').first()).toHaveText('40');
    await expect(page.locator('table tbody tr')).toHaveCount(4);
    await accessible(page);
    await page.screenshot({ path: '../target/screenshots/fr-own-past.png', fullPage: true });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({
      path: '../target/screenshots/fr-own-past-390-dark.png',
      fullPage: true,
    });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });

    // Each number opens its cases.
    await page.locator('.tiles a').first().click();
    await expect(page).toHaveURL(/part=never/);
    await expect(rows(page).first()).toBeVisible();
    await rows(page).first().click();
    await expect(page).toHaveURL(/part=never/);
    await expect(page.locator('.thread article').first()).toContainText('Ma lampe');
    await page.goBack();
    await page.goBack();

    await page.locator('input[type=number]').fill('3650');
    await page.getByRole('button', { name: /^Rouvrir/ }).click();
    await expect(page.locator('.toasts, [role=status]').last()).toContainText('rouvert');
    await page.goto(`${open.address}/settings/past`);
    page.on('dialog', (it) => void it.accept());
    await page.getByRole('button', { name: 'Retirer' }).click();
    await expect(page.locator('section.card').first()).toContainText('retiré', { timeout: 20_000 });
    await page.goto(`${open.address}/inbox/closed`);
    await expect(rows(page)).toHaveCount(0);
    expect(heard).toEqual([]);
  } finally {
    open.close();
  }
});
