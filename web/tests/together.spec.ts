import { expect, test } from '@playwright/test';
import { enter, rows } from './actions';

// Two people in two browsers on one case: each sees the other, nobody writes over anybody, nothing
// written is lost.
test('two agents on one case: presence, live moves, a stale answer refused, no draft lost', async ({
  browser,
}) => {
  test.setTimeout(90_000);
  // High enough to show the row whatever came above it: the list draws only what is seen.
  const [one, two] = [
    await browser.newPage({ viewport: { width: 1440, height: 3_000 } }),
    await browser.newPage({ viewport: { width: 1440, height: 900 } }),
  ];
  await enter(one, 'en', 'claire');
  await enter(two, 'en', 'ines');
  await one.goto('/inbox/open?order=newest');
  await expect(rows(one).first()).toBeVisible();
  const row = rows(one)
    .filter({ hasText: /Ruth Nouri/ })
    .first();
  await row.click();
  await expect(one.locator('.thread article').first()).toBeVisible();
  const path = new URL(one.url()).pathname;
  await two.goto(path);
  await expect(two.locator('.thread article').first()).toBeVisible();

  // Each sees the other within a moment, and that the other writes.
  await expect(two.getByText('Claire Morvan is looking.')).toBeVisible();
  await expect(one.getByText(/Inès \S+ is looking\./)).toBeVisible();
  await one.keyboard.press('r');
  await one.keyboard.type('Dear Ruth, I read the three letters. ');
  await expect(two.getByText('Claire Morvan is writing.')).toBeVisible();

  // What one does moves on the other's screen, where it stands: the list does not jump.
  await two.keyboard.press('i');
  await expect(two.locator('.pane header')).toContainText(/Inès \S+ is in charge/);
  await expect(one.locator('.pane header')).toContainText(/Inès \S+ is in charge/);
  await expect(row.locator('.owner')).toContainText('I');
  await expect(one.locator('#words')).toHaveValue('Dear Ruth, I read the three letters. ');

  // The other answers first: the words written meanwhile are refused as stale, kept, and leave once
  // the new ones are read.
  await two.keyboard.press('r');
  await two.keyboard.type('Dear Ruth, we stand by what was written. Inès');
  await two.keyboard.press('Control+Enter');
  await expect(two.locator('.thread article.ours').last()).toContainText(
    'we stand by what was written',
  );
  await expect(one.locator('.thread article.ours').last()).toContainText(
    'we stand by what was written',
  );
  await one.locator('#words').focus();
  await one.keyboard.type('Claire');
  await one.keyboard.press('Control+Enter');
  await expect(one.getByRole('alert')).toContainText('Newer words came');
  await expect(one.locator('#words')).toHaveValue('Dear Ruth, I read the three letters. Claire');

  // Drafts are each one's own, and survive a closed page.
  await expect(one.locator('.composer [role=status]')).toContainText('Draft kept');
  await one.reload();
  await expect(one.locator('.thread article').first()).toBeVisible();
  await one.keyboard.press('r');
  await expect(one.locator('#words')).toHaveValue('Dear Ruth, I read the three letters. Claire');
  await two.keyboard.press('r');
  await expect(two.locator('#words')).toHaveValue('');
  // What one closes, the other sees closed.
  await two.keyboard.press('Escape');
  await two.keyboard.press('e');
  await two.getByRole('radio', { name: 'answered', exact: true }).check();
  await two.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).press('Enter');
  await expect(one.locator('.closure')).toContainText('answered');
  await one.close();
  await two.close();
});
