/** The languages that rutter reads, by its own names, with the editor's ids of each. */
export const LANGUAGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['c', ['c']],
  ['cpp', ['cpp']],
  ['go', ['go']],
  ['java', ['java']],
  ['javascript', ['javascript', 'javascriptreact']],
  ['lua', ['lua']],
  ['python', ['python']],
  ['rust', ['rust']],
  ['typescript', ['typescript']],
  ['typescriptreact', ['typescriptreact']],
]);

export const LANGUAGE_IDS: readonly string[] = [...LANGUAGES.values()].flat();

/** The schemes of documents whose text is the user's own; others (a commit's version of a file, a notebook's cell) are left alone. */
export const SCHEMES: readonly string[] = ['file', 'untitled'];

export const SELECTOR = SCHEMES.flatMap((scheme) => LANGUAGE_IDS.map((language) => ({ scheme, language })));

/** Rutter's name of the language that an id of the editor's means. */
export function languageOf(id: string): string | undefined {
  for (const [name, ids] of LANGUAGES) if (ids.includes(id)) return name;
  return undefined;
}
