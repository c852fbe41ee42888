const STYLES = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-style', 'font-weight',
  'text-anchor', 'text-decoration-line',
];
const MARGIN = 12;

/** The graph as a picture that needs nothing else: its colours and fonts are written into it. */
export function pictureOf(svg: SVGSVGElement, size: { width: number; height: number }): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg.querySelectorAll('*'), copy.querySelectorAll('*')];
  from.forEach((element, index) => {
    const seen = getComputedStyle(element);
    const made = to[index];
    if (made === undefined) return;
    if (['path', 'rect', 'polygon', 'text'].includes(element.tagName)) {
      for (const style of STYLES) made.setAttribute(style, seen.getPropertyValue(style));
    } else if (seen.opacity !== '1') made.setAttribute('opacity', seen.opacity);
    for (const own of ['class', 'tabindex', 'role', 'aria-label', 'aria-current', 'aria-hidden', 'data-block', 'data-from', 'data-to', 'id']) made.removeAttribute(own);
  });
  copy.querySelector('g')?.setAttribute('transform', `translate(${MARGIN},${MARGIN})`);
  const [width, height] = [Math.ceil(size.width) + 2 * MARGIN, Math.ceil(size.height) + 2 * MARGIN];
  for (const attribute of [...copy.attributes]) copy.removeAttribute(attribute.name);
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) copy.setAttribute(name, String(value));
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width, height, fill: getComputedStyle(document.body).backgroundColor })) ground.setAttribute(name, String(value));
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}
