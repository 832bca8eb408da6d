import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';

/** The Dovecot and the Postfix that `scripts/mail` started. */
export const folder = process.env['VIGIE_TEST_MAIL'] ?? '';
export const ports = {
  imap: process.env['VIGIE_TEST_IMAP_PORT'] ?? '',
  smtp: process.env['VIGIE_TEST_SMTP_PORT'] ?? '',
};

/** An address nobody else has in this run; its password is `lookout`. */
export function address(name: string, domain: string): string {
  const made = `${name}-${process.pid}-${Date.now()}@${domain}`;
  writeFileSync(join(folder, 'passwords', made), `${made}:{PLAIN}lookout\n`);
  return made;
}

/** Sends a mail by Python's own SMTP client. */
export function send(from: string, to: string, head: Record<string, string>, text: string) {
  const headers = { From: from, To: to, 'Content-Type': 'text/plain; charset=utf-8', ...head };
  const mail =
    Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\r\n') + `\r\n\r\n${text}\r\n`;
  const program =
    'import smtplib, sys; smtplib.SMTP("127.0.0.1", int(sys.argv[1])).sendmail(sys.argv[2], [sys.argv[3]], sys.stdin.buffer.read())';
  execFileSync('python3', ['-c', program, ports.smtp, from, to], { input: mail });
}

/** Waits until a mailbox holds that many mails; the newest. */
export async function newest(of: string, count: number): Promise<string> {
  const maildir = join(folder, 'mail', of, 'Maildir', 'new');
  const names = () => (existsSync(maildir) ? readdirSync(maildir).sort() : []);
  await expect.poll(() => names().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
  return readFileSync(join(maildir, names().at(-1) ?? ''), 'utf8').replaceAll('\r\n', '\n');
}

/** One header of a mail, on one line. */
export const header = (mail: string, name: string) =>
  new RegExp(`^${name}: (.*(?:\\n[ \\t].*)*)`, 'im').exec(mail)?.[1]?.replace(/\n\s+/g, ' ') ?? '';

/** The words of a part of a mail in base64, quoted-printable or as they are. */
export function part(mail: string, type: string): string {
  const program =
    'import email, sys; from email import policy; m = email.message_from_bytes(sys.stdin.buffer.read(), policy=policy.default); p = m.get_body((sys.argv[1],)); print(p.get_content() if p else "")';
  return execFileSync('python3', ['-c', program, type], { input: mail }).toString();
}

/** A house of its own, which can be stopped and started again on the same folder. */
export type Served = {
  address: string;
  welcome: string;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => void;
};

/** A new house, served with these settings; the link of its first administrator. */
export async function startServer(
  port: number,
  settings: Record<string, string> = {},
): Promise<Served> {
  const data = mkdtempSync(join(tmpdir(), 'vigie-house-'));
  const here = `http://127.0.0.1:${port}`;
  let said = '';
  let served: ChildProcess;
  const start = async () => {
    served = spawn(
      '../target/debug/vigie',
      ['serve', '--data', data, '--listen', `127.0.0.1:${port}`],
      {
        env: { ...process.env, VIGIE_PUBLIC_ADDRESS: here, ...settings },
      },
    );
    served.stdout?.on('data', (it) => (said += it));
    await expect
      .poll(
        () =>
          fetch(`${here}/pages.css`).then(
            (it) => it.ok,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
  };
  const stop = async () => {
    const gone = new Promise((done) => served.once('exit', done));
    served.kill('SIGKILL');
    await gone;
  };
  await start();
  await expect.poll(() => /\/welcome\/\w+/.exec(said)?.[0], { timeout: 20_000 }).toBeTruthy();
  const close = () => {
    served.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  };
  return {
    address: here,
    welcome: here + (/\/welcome\/\w+/.exec(said)?.[0] ?? ''),
    stop,
    start,
    close,
  };
}
