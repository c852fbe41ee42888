import * as vscode from 'vscode';
import type { DefinitionMiddleware, DocumentSymbolMiddleware } from 'vscode-languageclient/node';

import { LANGUAGES, languageOf, SCHEMES } from './languages';
import { AIDES, CONDITIONS, MAIN } from './neighbours';
import { fromPosition, toPosition } from './places';
import type { Metrics } from './protocol';

/** Waits before each look at what another extension answers: servers need a while to know their documents. */
const WAITS = [300, 700, 1500, 3000, 6000];
/** How long it counts that nobody answers, before a document that is opened leads to another look. */
const FRESH = 60_000;

/** Who serves a language beside us. */
type Verdict =
  | { kind: 'nobody' }
  | { kind: 'known'; by: string }
  /** These extensions come with the language; whether they serve it, only their answers show. */
  | { kind: 'suspects'; by: string[]; answers: 'unknown' | 'some' | 'none'; since: number };

interface Client {
  request<T>(method: string, params: unknown): Promise<T | null | undefined>;
  notify(method: string, params: unknown): Promise<void>;
}

/**
 * Finds out which languages other extensions serve, so that the server only adds to them there. What nobody knows yet
 * counts as served: two outlines are worse than none for some seconds.
 */
export class Modes implements vscode.Disposable {
  private readonly verdicts = new Map<string, Verdict>();
  private readonly looking = new Set<string>();
  private readonly disposables: vscode.Disposable[] = [];
  private announced = '';
  /** A place of which another's definition is being asked for, so that we keep quiet there. */
  private asking: { uri: string; position: string } | undefined;
  /** A document whose symbols we were asked for: what is found in it is not another's alone. */
  private readonly oursIn = new Set<string>();

  constructor(private readonly ownId: string, private readonly client: Client, private readonly log: vscode.LogOutputChannel) {
    this.judge();
    this.disposables.push(
      vscode.extensions.onDidChange(() => this.reconsider()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (CONDITIONS.some((section) => event.affectsConfiguration(section))) this.reconsider();
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.look(document)),
    );
  }

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  /** The languages that others serve. */
  others(): string[] {
    return [...this.verdicts].filter(([, verdict]) => isServed(verdict)).map(([language]) => language);
  }

  /** The same for people: who serves each language. */
  describe(): { language: string; by: string | undefined }[] {
    return [...this.verdicts].map(([language, verdict]) => ({
      language,
      by: verdict.kind === 'known' ? verdict.by : verdict.kind === 'suspects' && isServed(verdict) ? verdict.by.join(', ') : undefined,
    }));
  }

  /** The same, for the server's start. */
  greeting(): string[] {
    const now = this.others();
    this.announced = JSON.stringify(now);
    return now;
  }

  /** The server has started: what is new since it was greeted is said, and open documents are looked at. */
  started(): void {
    void this.announce();
    for (const document of vscode.workspace.textDocuments) this.look(document);
  }

  readonly middleware: DefinitionMiddleware & DocumentSymbolMiddleware = {
    provideDefinition: (document, position, token, next) => {
      const asked = this.asking;
      const quiet = asked !== undefined && asked.uri === document.uri.toString() && asked.position === JSON.stringify(fromPosition(position));
      return quiet ? null : next(document, position, token);
    },
    provideDocumentSymbols: (document, token, next) => {
      this.oursIn.add(document.uri.toString());
      return next(document, token);
    },
  };

  private reconsider(): void {
    this.judge();
    void this.announce();
    for (const document of vscode.workspace.textDocuments) this.look(document);
  }

  private judge(): void {
    for (const [language, ids] of LANGUAGES) {
      const before = this.verdicts.get(language);
      const now = this.verdictOf(language, ids);
      const same = before?.kind === 'suspects' && now.kind === 'suspects' && before.by.join() === now.by.join();
      if (!same) this.verdicts.set(language, now);
    }
  }

  private verdictOf(language: string, ids: readonly string[]): Verdict {
    const suspects: string[] = [];
    for (const extension of vscode.extensions.all) {
      const id = extension.id.toLowerCase();
      const main = MAIN.get(id);
      if (main !== undefined) {
        if (main.languages.includes(language) && (main.serves?.() ?? true)) return { kind: 'known', by: extension.id };
        continue;
      }
      if (id === this.ownId.toLowerCase() || id.startsWith('vscode.') || AIDES.has(id)) continue;
      if (comesWith(extension.packageJSON as Manifest, ids)) suspects.push(extension.id);
    }
    return suspects.length === 0 ? { kind: 'nobody' } : { kind: 'suspects', by: suspects.sort(), answers: 'unknown', since: 0 };
  }

  private async announce(): Promise<void> {
    const now = this.others();
    if (JSON.stringify(now) === this.announced) return;
    this.announced = JSON.stringify(now);
    this.log.info(`served by others: ${now.join(', ') || 'nothing'}`);
    await this.client.notify('rutter/others', { languages: now });
  }

  /** Looks, in the background, whether a document of a language shows that somebody else serves it. */
  private look(document: vscode.TextDocument): void {
    const language = languageOf(document.languageId);
    if (language === undefined || !SCHEMES.includes(document.uri.scheme) || this.looking.has(language)) return;
    const verdict = this.verdicts.get(language);
    // Who has answered once serves the language; a document that it leaves out tells nothing against that.
    if (verdict?.kind !== 'suspects' || verdict.answers === 'some' || Date.now() - verdict.since < FRESH) return;
    this.looking.add(language);
    this.settle(language, verdict, document)
      .catch((error: unknown) => this.log.warn(`${language}: who serves it could not be found out: ${String(error)}`))
      .finally(() => this.looking.delete(language));
  }

  private async settle(language: string, verdict: Verdict & { kind: 'suspects' }, document: vscode.TextDocument): Promise<void> {
    let told = false;
    for (const wait of WAITS) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.verdicts.get(language) !== verdict || document.isClosed) return;
      if (!verdict.by.some((id) => vscode.extensions.getExtension(id)?.isActive)) continue;
      const answer = await this.ask(document, verdict.answers !== 'none');
      if (answer === 'some') return this.conclude(language, verdict, 'some');
      told ||= answer === 'none';
    }
    // Where we know no function either, the document tells nothing; another one may.
    if (told) return this.conclude(language, verdict, 'none');
  }

  private async conclude(language: string, verdict: Verdict & { kind: 'suspects' }, answers: 'some' | 'none'): Promise<void> {
    if (this.verdicts.get(language) !== verdict) return;
    this.log.info(`${language}: ${verdict.by.join(', ')} ${answers === 'some' ? 'serves it' : 'answers nothing'}`);
    verdict.answers = answers;
    verdict.since = Date.now();
    await this.announce();
  }

  /** Whether anybody but us answers for a document. Nothing is said of one in which we know no function. */
  private async ask(document: vscode.TextDocument, companion: boolean): Promise<'some' | 'none' | undefined> {
    const uri = document.uri.toString();
    const metrics = await this.client.request<Metrics>('rutter/metrics', { textDocument: { uri } });
    const functions = metrics?.functions ?? [];
    if (functions.length === 0) return undefined;
    if (companion) {
      this.oursIn.delete(uri);
      const symbols = await vscode.commands.executeCommand<unknown[] | undefined>('vscode.executeDocumentSymbolProvider', document.uri);
      if ((symbols?.length ?? 0) > 0 && !this.oursIn.has(uri)) return 'some';
    }
    // The editor keeps symbols until the text changes, also those of a server that had none yet: definitions it does not keep.
    const place = toPosition((functions[0] as Metrics['functions'][number]).selectionRange.start);
    this.asking = { uri, position: JSON.stringify(fromPosition(place)) };
    try {
      const found = await vscode.commands.executeCommand<unknown[] | undefined>('vscode.executeDefinitionProvider', document.uri, place);
      return (found?.length ?? 0) > 0 ? 'some' : 'none';
    } finally {
      this.asking = undefined;
    }
  }
}

interface Manifest {
  main?: string;
  browser?: string;
  activationEvents?: string[];
  contributes?: { languages?: { id?: string }[] };
}

/** Whether an extension has code that runs because of a language. */
function comesWith(manifest: Manifest, ids: readonly string[]): boolean {
  if (manifest.main === undefined && manifest.browser === undefined) return false;
  const wakes = manifest.activationEvents?.some((event) => ids.some((id) => event === `onLanguage:${id}`)) ?? false;
  const languages = manifest.contributes?.languages;
  return wakes || (Array.isArray(languages) && languages.some((language) => language.id !== undefined && ids.includes(language.id)));
}

function isServed(verdict: Verdict): boolean {
  return verdict.kind === 'known' || (verdict.kind === 'suspects' && verdict.answers !== 'none');
}
