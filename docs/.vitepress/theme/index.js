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

/** As where the repository is read, a click opens a picture. */
function linkPictures() {
  for (const picture of document.querySelectorAll(".vp-doc p > img")) {
    const link = document.createElement("a");
    link.href = picture.src;
    picture.replaceWith(link);
    link.append(picture);
  }
}

export default {
  extends: theme,
  setup() {
    onContentUpdated(() => {
      linkPictures();
      // The list marks its active entry after this.
      requestAnimationFrame(showActive);
    });
  },
};
