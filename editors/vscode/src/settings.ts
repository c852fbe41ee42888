import { type ConfigurationScope, workspace } from 'vscode';

/** A setting of the server, as the manifest has it. */
interface Declared {
  'x-rutter-places'?: string[];
}

/**
 * The server's settings, as far as somebody has set them. The editor itself would fill in defaults, and these would win over
 * what the workspace's rutter.toml says.
 */
export class ServerSettings {
  private readonly declared: ReadonlyMap<string, Declared>;

  constructor(manifest: { contributes: { configuration: { properties: Record<string, Declared> }[] } }) {
    const all = manifest.contributes.configuration.flatMap((section) => Object.entries(section.properties));
    const ours = all.filter(([, setting]) => setting['x-rutter-places'] !== undefined);
    this.declared = new Map(ours.map(([key, setting]) => [key.slice('rutter.'.length), setting]));
  }

  /** What the server takes while it runs. */
  live(scope?: ConfigurationScope): Record<string, unknown> {
    return this.explicit((setting) => setting['x-rutter-places']?.includes('configuration') ?? false, scope);
  }

  /** What it takes at its start and at no other time. */
  atStart(): Record<string, unknown> {
    return this.explicit((setting) => !setting['x-rutter-places']?.includes('configuration'));
  }

  /** Whether a change needs another start. */
  needsStart(affects: (key: string) => boolean): boolean {
    const fixed = [...this.declared].filter(([, setting]) => !setting['x-rutter-places']?.includes('configuration'));
    return affects('rutter.server') || fixed.some(([key]) => affects(`rutter.${key}`));
  }

  private explicit(wanted: (setting: Declared) => boolean, scope?: ConfigurationScope): Record<string, unknown> {
    const section = workspace.getConfiguration('rutter', scope ?? null);
    const said: Record<string, unknown> = {};
    for (const [key, setting] of this.declared) {
      if (!wanted(setting)) continue;
      const seen = section.inspect(key);
      const layers = [seen?.globalValue, seen?.workspaceValue, seen?.workspaceFolderValue].filter((value) => value !== undefined);
      if (layers.length > 0) said[key] = merged(layers);
    }
    return said;
  }
}

/** The last layer counts; of tables, each entry's last. */
function merged(layers: unknown[]): unknown {
  const isTable = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
  return layers.every(isTable) ? Object.assign({}, ...layers) : layers[layers.length - 1];
}
