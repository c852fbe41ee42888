import { randomBytes } from 'node:crypto';
import { Uri, type Webview } from 'vscode';

/** The view's page: nothing from elsewhere, and no script but ours. */
export function htmlOf(webview: Webview, extension: Uri): string {
  const nonce = randomBytes(18).toString('base64');
  const file = (name: string) => webview.asWebviewUri(Uri.joinPath(extension, 'dist', name)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  const button = (id: string, label: string, title: string, extra = '') =>
    `<button type="button" id="${id}" title="${title}" aria-label="${title}"${extra}>${label}</button>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${file('view.css')}">
<title>Control flow</title>
</head>
<body>
<header>
<div class="names"><h1 id="title">Control flow</h1><p id="subtitle" role="status"></p></div>
<div role="toolbar" aria-label="Control flow" class="tools">
${button('pin', 'Pin', 'Stay with this function (P)', ' aria-pressed="false"')}
${button('out', '−', 'Zoom out (-)')}
${button('in', '+', 'Zoom in (+)')}
${button('fit', 'Fit', 'Fit the graph into the view (0)')}
<span class="copying" role="group" aria-label="Copy the graph">Copy
${button('dot', 'DOT', 'Copy as DOT, for Graphviz')}
${button('mermaid', 'Mermaid', 'Copy as Mermaid, for Markdown')}
${button('svg', 'SVG', 'Copy as an SVG picture')}
</span>
</div>
</header>
<main id="stage">
<p id="message" role="status" hidden></p>
<svg id="graph" role="graphics-document" aria-roledescription="control-flow graph" aria-label="Control flow" xmlns="http://www.w3.org/2000/svg"><g id="world"></g></svg>
</main>
<footer id="legend" aria-label="Legend"></footer>
<span id="ruler" aria-hidden="true">MMMMMMMMMM</span>
<script nonce="${nonce}" src="${file('view.js')}"></script>
</body>
</html>`;
}
