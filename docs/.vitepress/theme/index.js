import { onContentUpdated } from "vitepress";
import theme from "vitepress/theme";
import "./style.css";

/** The list of pages is longer than the screen. */
function showActive() {
  const list = document.querySelector(".VPSidebar");
  const active = list?.querySelector(".is-link.is-active")?.getBoundingClientRect();
  const isSeen = active?.top > list?.getBoundingClientRect().top + 64 && active?.bottom < innerHeight;
  if (active && !isSeen) list.scrollTop += active.top - innerHeight / 2;
}

export default {
  extends: theme,
  setup() {
    onContentUpdated(() => {
      // The list marks its active entry after this.
      requestAnimationFrame(showActive);
    });
  },
};
