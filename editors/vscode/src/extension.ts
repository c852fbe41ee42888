import * as vscode from 'vscode';

import { showCallers } from './callers';
import { Server } from './client';
import { ControlFlowView } from './controlFlow/controlFlowView';
import { guarded } from './errors';
import { HotspotTree } from './hotspots';
import { LANGUAGE_IDS } from './languages';
import { Modes } from './modes';
import { ServerSettings } from './settings';
import { showMenu, StatusItem } from './status';
import { WhyView } from './why';

/** The parts, for other extensions and for tests to look at. */
export interface Parts {
  server: Server;
  modes: Modes;
  why: WhyView;
  controlFlow: ControlFlowView;
  hotspots: HotspotTree;
  status: StatusItem;
}

let running: Server | undefined;

export function deactivate(): Promise<void> | undefined {
  return running?.stop();
}

export function activate(context: vscode.ExtensionContext): Parts {
  const log = vscode.window.createOutputChannel('Rutter', { log: true });
  const settings = new ServerSettings(context.extension.packageJSON as ConstructorParameters<typeof ServerSettings>[0]);
  const modes: Modes = new Modes(context.extension.id, {
    request: (method, params) => server.request(method, params),
    notify: (method, params) => server.notify(method, params),
  }, log);
  const server: Server = new Server(context, settings, log, () => modes.greeting(), {
    ...modes.middleware,
    workspace: {
      configuration: async (params, token, next) => {
        const answers = (await next(params, token)) as unknown[];
        return params.items.map((item, index) =>
          item.section === 'rutter' ? settings.live(item.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri)) : answers[index]);
      },
      // The server is only told that there is something new: it asks for what it is.
      didChangeConfiguration: (_sections, next) => next(undefined),
    },
  });
  running = server;
  const status = new StatusItem(server, modes);
  const why = new WhyView(server);
  const hotspots = new HotspotTree(server);
  const controlFlow = new ControlFlowView(context.extensionUri, server, log);

  let phase = server.phase;
  server.onDidChange(() => {
    status.update();
    hotspots.update();
    controlFlow.serverChanged();
    if (phase !== 'running' && server.phase === 'running') modes.started();
    if (server.phase !== 'running') why.hide();
    phase = server.phase;
  });

  const command = (name: string, work: (...args: unknown[]) => unknown) =>
    vscode.commands.registerCommand(name, guarded(log, async (...args: unknown[]) => work(...args)));
  context.subscriptions.push(
    log, modes, server, status, why, hotspots, controlFlow,
    command('rutter.showControlFlow', (uri, position) => controlFlow.show(uri, position)),
    command('rutter.showWhy', (uri, position) => why.show(uri, position)),
    command('rutter.hideWhy', () => why.hide()),
    command('rutter.whyLines', () => why.pick()),
    command('rutter.showCallers', (uri, position) => showCallers(server, uri, position)),
    command('rutter.menu', () => showMenu(server, modes)),
    command('rutter.restart', () => server.restart()),
    command('rutter.stop', () => server.stop()),
    command('rutter.showLog', () => log.show()),
    command('rutter.refreshHotspots', () => hotspots.refresh()),
    command('rutter.openWalkthrough', () => vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`, false)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (settings.needsStart((key) => event.affectsConfiguration(key))) void server.restart();
    }),
    // What an untrusted workspace says of the program counts from now on.
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
  );
  void vscode.commands.executeCommand('setContext', 'rutter.languages', [...LANGUAGE_IDS]);
  void server.start();
  return { server, modes, why, controlFlow, hotspots, status };
}
