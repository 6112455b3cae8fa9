// Small helpers for the page's elements.

export const byId = (id) => document.getElementById(id);

// An element with properties and children. `class`, `data` (an object) and `on` (an object of listeners) are
// understood; names with a dash are attributes; the rest are properties.
export function el(tag, { class: className, data, on, ...rest } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  Object.assign(element.dataset, data);
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener);
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    if (name.includes('-') || name === 'role' || name === 'for') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

export function icon(name, className = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', `icon ${className}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

// Lets the browser save `blob` under `name`.
export function saveAs(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The download begins later than click() returns.
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// A file name from a prompt: "snowy-mountains-at-dusk".
export function slug(text) {
  const words = text.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return words.slice(0, 48).replace(/-+$/, '') || 'vitascope';
}

export const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
