import * as vscode from 'vscode';
import {
  type ClientCapabilities, CloseAction, ErrorAction, LanguageClient, type Middleware, RevealOutputChannelOn, State, type StaticFeature,
} from 'vscode-languageclient/node';

import { findBinary } from './binary';
import { SELECTOR } from './languages';
import type { Status } from './protocol';
import type { ServerSettings } from './settings';

/** The commands that the server's code lenses may carry. */
const COMMANDS = ['rutter.showWhy', 'rutter.showCallers', 'rutter.showControlFlow'];

/** `missing`: there is no program to start, or none that fits. */
export type Phase = 'missing' | 'stopped' | 'starting' | 'running';

/** Tells the server, when it is greeted, what this editor can do beyond the protocol. */
class Announcement implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const known = (capabilities.experimental ?? {}) as Record<string, unknown>;
    capabilities.experimental = { ...known, commands: { commands: COMMANDS }, rutter: { status: true } };
    // Our own item in the status bar says how far the index is: the editor need not say it again.
    capabilities.window = { ...capabilities.window, workDoneProgress: false };
  }
  initialize(): void {}
  getState(): { kind: 'static' } {
    return { kind: 'static' };
  }
  clear(): void {}
}

/** The server: one program for all folders of the window. */
export class Server implements vscode.Disposable {
  phase: Phase = 'stopped';
  /** Why there is none, for people. */
  problem: string | undefined;
  /** What it last said of its indexes. */
  status: Status | undefined;
  /** Where the program is. */
  path: string | undefined;

  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another phase, or another state of an index. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly settings: ServerSettings,
    private readonly log: vscode.LogOutputChannel,
    /** The languages that others serve, at the time of a start. */
    private readonly others: () => string[],
    private readonly middleware: Middleware,
  ) {}

  start(): Promise<void> {
    return this.enqueue(() => this.startNow());
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.stopNow());
  }

  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  dispose(): Promise<void> {
    return this.stop().finally(() => this.changed.dispose());
  }

  /** Asks the server. `undefined` where none runs. */
  async request<T>(method: string, params: unknown): Promise<T | null | undefined> {
    if (this.client === undefined || this.phase !== 'running') return undefined;
    return this.client.sendRequest<T | null>(method, params);
  }

  async notify(method: string, params: unknown): Promise<void> {
    if (this.client !== undefined && this.phase === 'running') await this.client.sendNotification(method, params);
  }

  /** Starts and stops follow one another: two that overlap would leave a program behind. */
  private enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch((error: unknown) => this.log.error(error as Error));
    return done;
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    if (phase !== 'running') this.status = undefined;
    this.changed.fire();
  }

  private async startNow(): Promise<void> {
    if (this.client !== undefined) return;
    this.problem = undefined;
    this.enter('starting');
    const manifest = this.context.extension.packageJSON as { version: string };
    const found = await findBinary(this.context.extensionPath, manifest.version);
    if ('problem' in found) {
      this.problem = found.problem;
      this.log.error(found.problem);
      this.enter('missing');
      void this.help(found.problem);
      return;
    }
    this.path = found.path;
    this.log.info(`rutter ${found.version}: ${found.path}`);
    const client = this.create(found.path);
    this.client = client;
    try {
      await client.start();
      this.status = (await client.sendRequest<Status | null>('rutter/status')) ?? undefined;
      this.changed.fire();
    } catch (error) {
      this.client = undefined;
      this.problem = `The server does not start: ${(error as Error).message}`;
      this.log.error(this.problem);
      await client.dispose().catch((fault: unknown) => this.log.warn(`left behind after a failed start: ${String(fault)}`));
      this.enter('stopped');
      void this.help(this.problem);
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) await client.dispose();
    if (this.phase !== 'missing') this.enter('stopped');
  }

  private create(command: string): LanguageClient {
    const client = new LanguageClient('rutter', 'Rutter', { command, args: ['lsp'] }, {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      traceOutputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticCollectionName: 'rutter',
      initializationOptions: () => ({ ...this.settings.atStart(), others: this.others() }),
      middleware: this.middleware,
      errorHandler: this.errorHandler(),
      // What goes wrong at the start is said by `startNow`.
      initializationFailedHandler: () => false,
      markdown: { isTrusted: false, supportHtml: false },
    });
    client.registerFeature(new Announcement());
    client.onNotification('rutter/didChangeStatus', (status: Status) => {
      this.status = status;
      this.changed.fire();
    });
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) return;
      if (newState === State.Running) this.enter('running');
      else if (newState === State.Starting) this.enter('starting');
      else this.enter('stopped');
    });
    return client;
  }

  /** A server that fell is started again, but not one that falls again and again. */
  private errorHandler() {
    const falls: number[] = [];
    return {
      error: () => ({ action: ErrorAction.Continue }),
      closed: () => {
        falls.push(Date.now());
        const recent = falls.filter((time) => time > Date.now() - 3 * 60_000);
        if (recent.length < 5) return { action: CloseAction.Restart, handled: true };
        this.problem = 'The server ended five times in three minutes and is not started again.';
        void this.help(this.problem);
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }

  private async help(problem: string): Promise<void> {
    const actions: Record<string, string[]> = {
      'Open settings': ['workbench.action.openSettings', 'rutter.server'],
      'Show the log': ['rutter.showLog'],
      'How to install': ['rutter.openWalkthrough'],
    };
    const chosen = await vscode.window.showErrorMessage(`Rutter: ${problem}`, ...Object.keys(actions));
    const command = chosen === undefined ? undefined : actions[chosen];
    if (command !== undefined) await vscode.commands.executeCommand(command[0] as string, ...command.slice(1));
  }
}

