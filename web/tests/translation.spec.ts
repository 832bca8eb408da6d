import { expect, test } from '@playwright/test';
import { accessible, complaints, type Lang, rows } from './actions';
import { found, hears, program } from './own_instance';
import { startServer } from './post_office';

// The Apertium that `scripts/translator` started.
const translator = process.env['VIGIE_TEST_TRANSLATOR'] ?? '';
const SPANISH = 'La lámpara que compré la semana pasada está rota y nadie me responde.';

let port = 18_480;
for (const lang of ['fr', 'en'] as Lang[]) {
  const fr = lang === 'fr';

  test(`a Spanish customer is read with T, in ${lang}`, async ({ page }) => {
    const heard = complaints(page);
    const open = await startServer(port++, {
      VIGIE_TRANSLATOR: translator,
      VIGIE_TRANSLATOR_PROTOCOL: 'apertium',
    });
    try {
      await found(page, open, lang);
      await hears(open, await program(page), [
        {
          external_id: '1',
          text: SPANISH,
          author: { name: 'Carmen Ruiz', email: 'carmen@mail.example' },
        },
      ]);
      await page.goto(`${open.address}/inbox/open`);
      await rows(page).first().click();
      const message = page.locator('.thread article').first();
      await expect(message).toContainText(SPANISH);
      await page.keyboard.press('t');
      const words = message.locator('.translation');
      await expect(words).toContainText(fr ? 'cassée' : 'broken');
      await expect(words.locator('.words')).toHaveAttribute('lang', lang);
      await expect(words).toContainText(fr ? 'espagnol' : 'Spanish');
      await expect(message).toContainText(SPANISH);
      await accessible(page);
      await page.screenshot({ path: `../target/screenshots/${lang}-translated.png` });
      await page.keyboard.press('t');
      await expect(words).toHaveCount(0);
      await message.getByRole('button', { name: fr ? 'Traduire' : 'Translate' }).click();
      await expect(words).toBeVisible();
      expect(heard).toEqual([]);
    } finally {
      open.close();
    }
  });

  test(`without a translation service T says how to have one, in ${lang}`, async ({ page }) => {
    const open = await startServer(port++);
    try {
      await found(page, open, lang);
      await hears(open, await program(page), [
        {
          external_id: '1',
          text: SPANISH,
          author: { name: 'Carmen Ruiz', email: 'carmen@mail.example' },
        },
      ]);
      await page.goto(`${open.address}/inbox/open`);
      await rows(page).first().click();
      await expect(page.locator('.thread article').first()).toContainText(SPANISH);
      await expect(page.getByRole('button', { name: fr ? 'Traduire' : 'Translate' })).toHaveCount(
        0,
      );
      await page.keyboard.press('t');
      await expect(
        page.getByText(fr ? 'Aucun service de traduction' : 'No translation service'),
      ).toBeVisible();
    } finally {
      open.close();
    }
  });
}
