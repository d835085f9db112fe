/** A panel that lies over other things closes when the focus goes on to them, so that they are seen. */
export function passing(panel: HTMLElement): () => void {
  const away = ({ target }: FocusEvent) => {
    if (panel.matches(":popover-open") && target instanceof Element && !panel.contains(target) && !target.matches(`[popovertarget="${panel.id}"]`)) panel.hidePopover();
  };
  document.addEventListener("focusin", away);
  return () => document.removeEventListener("focusin", away);
}
