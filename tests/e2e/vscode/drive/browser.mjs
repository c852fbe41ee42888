// Debian's Chromium with a profile of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

export async function browse(tools, url) {
  const { chromium } = createRequire(path.join(tools, 'package.json'))('playwright-core');
  const profile = mkdtempSync(path.join(os.tmpdir(), 'rutter-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME ?? '/usr/bin/chromium', args: ARGUMENTS, viewport: { width: 1240, height: 760 }, timeout: 60_000,
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
  const page = context.pages()[0];
  page.setDefaultTimeout(15_000);
  return { context, page, close: async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  } };
}
