import { printable } from "../../printable.js";
import { copyButton } from "./copy.js";
import { h } from "./dom.js";
import { linkTo, type Place } from "./permalink.js";

const OVERVIEW = "What to look at";

export interface Panel {
  readonly element: HTMLElement;
  readonly show: (place: Place, lost: string | undefined, nodes: readonly Node[]) => void;
  /** Moves the keyboard focus to where reading continues. */
  readonly focus: () => void;
  /** Returns to the whole fleet, unless it is already shown. */
  readonly close: () => void;
}

/** The pane beside the grid: about the whole fleet, or one place in it. Its links lead to other places. */
export function makePanel(follow: (hash: string) => void, back: () => void): Panel {
  const heading = h("h2", { id: "panel-title", tabindex: -1 });
  const trail = h("nav", { class: "trail", "aria-label": "Back" });
  const content = h("div", { class: "panel-content" });
  const close = h("button", { type: "button", class: "plain close" }, "Close", h("kbd", {}, "Esc"));
  const element = h(
    "aside",
    { class: "panel", "aria-labelledby": "panel-title" },
    trail,
    h(
      "div",
      { class: "panel-head" },
      heading,
      h(
        "span",
        { class: "panel-tools" },
        copyButton("Copy link", "to what is shown", () => location.href),
        close,
      ),
    ),
    content,
  );
  /** The current place, and the previous one. */
  let here: Place = {};
  let before: Place = {};
  close.addEventListener("click", back);
  element.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    // The link alone would drop the filters.
    event.preventDefault();
    follow(link.hash);
  });
  return {
    element,
    show: (place, lost, nodes) => {
      [here, before] = [place, here];
      const { environment, application } = place;
      const isPlace = environment !== undefined || application !== undefined;
      const isDetail = isPlace || lost !== undefined;
      heading.textContent = printable(application ?? environment ?? OVERVIEW);
      trail.hidden = !isPlace;
      trail.replaceChildren(...(isPlace ? wayBack(place) : []));
      content.replaceChildren(...(lost === undefined ? [] : [notHere(lost)]), ...nodes);
      close.hidden = !isDetail;
      element.classList.toggle("detail", isDetail);
      element.scrollTop = 0;
      // The next row has its commands.
      const chosen = content.querySelector("[aria-current]");
      (chosen?.nextElementSibling ?? chosen)?.scrollIntoView({ block: "nearest" });
      chosen?.scrollIntoView({ block: "nearest" });
    },
    focus: () => {
      const chosen = content.querySelector<HTMLElement>("[aria-current] a");
      const cameFrom = [...content.querySelectorAll("a")].find((link) => link.hash === linkTo(before));
      const target = chosen ?? (here.application === undefined ? cameFrom : undefined) ?? heading;
      target.focus();
    },
    close: () => {
      if (!close.hidden) back();
    },
  };
}

/** The places that contain a place. */
function wayBack({ environment, application }: Place): readonly Node[] {
  const parts = [
    h("a", { href: "#" }, OVERVIEW),
    ...(environment !== undefined && application !== undefined
      ? [
          h("a", { href: linkTo({ environment }) }, environment),
          h("a", { href: linkTo({ application }) }, `${application} everywhere`),
        ]
      : []),
  ];
  return parts.flatMap((part, i) => (i === 0 ? [part] : [document.createTextNode(" · "), part]));
}

function notHere(lost: string): HTMLElement {
  return h("p", { class: "why" }, `The link points to ${lost}, which is not in this report.`);
}
