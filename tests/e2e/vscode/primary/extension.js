'use strict';
// What a main server of Python would do, as far as the tests look at it: every function of a document, by a search for `def`.
const vscode = require('vscode');

const functions = (document) => {
  const found = [];
  for (let line = 0; line < document.lineCount; line++) {
    const match = /^(\s*)(?:async )?(?:def|class) (\w+)/.exec(document.lineAt(line).text);
    if (match) found.push({ name: match[2], range: new vscode.Range(line, match[0].length - match[2].length, line, match[0].length) });
  }
  return found;
};
const wordAt = (document, position) => {
  const range = document.getWordRangeAtPosition(position);
  return range ? document.getText(range) : undefined;
};
const of = (document, position) => functions(document).find((each) => each.name === wordAt(document, position));
const uses = (document, name) => {
  const places = [];
  for (const match of document.getText().matchAll(new RegExp(`\\b${name}\\b`, 'g'))) {
    places.push(new vscode.Range(document.positionAt(match.index), document.positionAt(match.index + name.length)));
  }
  return places;
};

exports.activate = (context) => {
  const selector = { language: 'python' };
  const { languages } = vscode;
  context.subscriptions.push(
    languages.registerHoverProvider(selector, { provideHover: (document, position) => {
      const found = of(document, position);
      return found && new vscode.Hover(`THEIRS ${found.name}`);
    } }),
    languages.registerDefinitionProvider(selector, { provideDefinition: (document, position) => {
      const found = of(document, position);
      return found && new vscode.Location(document.uri, found.range);
    } }),
    languages.registerReferenceProvider(selector, { provideReferences: (document, position) =>
      uses(document, wordAt(document, position)).map((range) => new vscode.Location(document.uri, range)) }),
    languages.registerDocumentSymbolProvider(selector, { provideDocumentSymbols: (document) =>
      functions(document).map(({ name, range }) => new vscode.DocumentSymbol(name, 'theirs', vscode.SymbolKind.Function, range, range)) }),
    languages.registerWorkspaceSymbolProvider({ provideWorkspaceSymbols: (query) =>
      vscode.workspace.textDocuments.filter((document) => document.languageId === 'python').flatMap((document) =>
        functions(document).filter(({ name }) => name.toLowerCase().includes(query.toLowerCase())).map(({ name, range }) =>
          new vscode.SymbolInformation(name, vscode.SymbolKind.Function, 'theirs', new vscode.Location(document.uri, range)))) }),
    languages.registerRenameProvider(selector, { provideRenameEdits: (document, position, name) => {
      const edit = new vscode.WorkspaceEdit();
      for (const range of uses(document, wordAt(document, position))) edit.replace(document.uri, range, name);
      return edit;
    } }),
    languages.registerCodeLensProvider(selector, { provideCodeLenses: (document) =>
      functions(document).slice(0, 3).map(({ range }) => new vscode.CodeLens(range, { title: 'THEIR LENS', command: 'noop' })) }),
  );
};
