// Elements without strings of markup, so that nothing from outside can become code.

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

let ids = 0;

/** An id that no other element of the page has, even beside a second component. */
export function freshId() {
  ids += 1;
  return `sv-${ids}`;
}
