import { FILE } from "./commands.js";
import { h } from "./dom.js";

const SHOWN_FOR = 2500;

/**
 * A button that copies a text. If the browser forbids it, the element showing the text is selected, for the keyboard.
 *
 * @param what For a screen reader, which does not see what the button is next to.
 */
export function copyButton(label: string, what: string, text: () => string, shown?: Node): HTMLButtonElement {
  const words = [label, h("span", { class: "hidden" }, ` ${what}`)];
  const button = h("button", { type: "button", class: "plain copy", "aria-live": "polite" }, ...words);
  const say = (outcome: string): void => {
    button.replaceChildren(outcome);
    setTimeout(() => button.replaceChildren(...words), SHOWN_FOR);
  };
  const select = (): void => {
    if (shown) getSelection()?.selectAllChildren(shown);
    say(shown ? "Selected: press Ctrl-C" : "Copy it from the address bar");
  };
  button.addEventListener("click", () => {
    // A page served over plain HTTP has no clipboard.
    const { clipboard } = navigator as Partial<Navigator>;
    if (clipboard) clipboard.writeText(text()).then(() => say("Copied"), select);
    else select();
  });
  return button;
}

/** Commands to paste, each with a button that copies it. */
export function commandList(commands: readonly string[]): readonly Node[] {
  if (commands.length === 0) return [];
  const lines = commands.map((command) => {
    // Lines do not break within a word.
    const words = command.split(" ").flatMap((word) => [" ", h("span", {}, word)]);
    const code = h("code", {}, ...words.slice(1));
    return h(
      "li",
      {},
      code,
      copyButton("Copy", command, () => command, code),
    );
  });
  const isOpen = commands.some((command) => command.split(" ").includes(FILE));
  return [
    h("ul", { class: "commands" }, ...lines),
    ...(isOpen ? [h("p", { class: "quiet" }, `${FILE} is your static secrets file.`)] : []),
  ];
}
