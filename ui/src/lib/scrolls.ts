// A box that scrolls must be reachable by keys, but a box that shows everything must not be one more stop for Tab.
import type { Attachment } from "svelte/attachments";

export const scrolls: Attachment<HTMLElement> = (box) => {
  const look = () => {
    if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const watcher = new ResizeObserver(look);
  watcher.observe(box);
  for (const child of box.children) watcher.observe(child);
  return () => watcher.disconnect();
};
