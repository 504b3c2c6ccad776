import { printable } from "../../printable.js";

/** Attributes of an element; `undefined` and `false` omit one. Handlers are added, never written as attributes. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

type Child = Node | string | undefined | false;

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    const text = value === true ? "" : String(value);
    element.setAttribute(name, ["title", "aria-label"].includes(name) ? printable(text) : text);
  }
  // Strings become text nodes: no name can be markup.
  for (const child of children) {
    if (child !== undefined && child !== false) element.append(typeof child === "string" ? printable(child) : child);
  }
  return element;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** An element that must exist. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no #${id}`);
  return found;
}

/** The enter key and the space bar act like a click. */
export function onActivate(element: HTMLElement | SVGElement, act: (target: EventTarget | null) => void): void {
  element.addEventListener("click", ({ target }) => act(target));
  element.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    act(event.target);
  });
}
