// Brings the server's settings from their schema into package.json; with --check, fails where they are not what they would be.
import { readFileSync, writeFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const text = read('../package.json');
const manifest = JSON.parse(text);
const schema = JSON.parse(read('../../settings.schema.json'));

const properties = {};
const restricted = ['rutter.server.path'];
for (const [key, setting] of Object.entries(schema.properties)) {
  // What the server does not take from a workspace's own file, a workspace that nobody trusts may not say here either.
  const own = setting['x-rutter-places'].includes('root_file');
  properties[`rutter.${key}`] = { ...setting, scope: own ? 'resource' : 'machine-overridable' };
  if (setting.markdownDescription) delete properties[`rutter.${key}`].description;
  if (!own) restricted.push(`rutter.${key}`);
}
manifest.contributes.configuration[1].properties = properties;
manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = restricted;

// Short lists and objects stay on one line, as a person would write them.
const compact = (value, indent = '') => {
  const line = JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ').replace(/\[ /g, '[').replace(/ \]/g, ']');
  if (value === null || typeof value !== 'object' || line.length + indent.length <= 100) return line;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => inner + compact(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${compact(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
};
const fresh = `${compact(manifest)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(new URL('../package.json', import.meta.url), fresh);
} else if (fresh !== text) {
  console.error('package.json does not have the settings of editors/settings.schema.json: npm run settings');
  process.exit(1);
}
