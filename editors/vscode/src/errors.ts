import * as vscode from 'vscode';

/** Runs what a person asked for; what goes wrong is said to them and written to the log. */
export function guarded<A extends unknown[]>(log: vscode.LogOutputChannel, work: (...args: A) => Promise<unknown>) {
  return async (...args: A): Promise<unknown> => {
    try {
      return await work(...args);
    } catch (error) {
      log.error(error as Error);
      void vscode.window.showErrorMessage(`Rutter: ${(error as Error).message}`);
      return undefined;
    }
  };
}

/** Says in passing that there is nothing to show. */
export function say(text: string): void {
  void vscode.window.showInformationMessage(`Rutter: ${text}`);
}
