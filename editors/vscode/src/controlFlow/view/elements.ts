/** An element of the page that is there for sure. */
export function element<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no ${id}.`);
  return found as unknown as T;
}

const SVG = 'http://www.w3.org/2000/svg';

export function shape<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string | number>, ...children: Node[]): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}
