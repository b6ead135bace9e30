// A button whose file is made when it is pressed is off meanwhile and loses the focus: from nowhere no key would lead
// back into the dialog or menu that it is in, nor Escape close that. So it gets the focus back.
export default function () {
  const ended = new AbortController();
  addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-testid=stDownloadButton] button");
    if (!button) return;
    const watcher = new MutationObserver(() => {
      if (button.disabled) return;
      watcher.disconnect();
      if (document.activeElement === document.body) button.focus({ preventScroll: true });
    });
    watcher.observe(button, { attributeFilter: ["disabled"] });
  }, { signal: ended.signal });
  return () => ended.abort();
}
