// While files are dragged over the page, the drop zone covers all of it: style.css draws it so by this class.
export default function () {
  const ended = new AbortController();
  const { signal } = ended;
  const cover = (is_over) => document.documentElement.classList.toggle("files-over", is_over);
  addEventListener("dragenter", (event) => {
    if (event.dataTransfer?.items[0]?.kind === "file") cover(true);
  }, { signal });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) cover(false); // out of the window
  }, { signal });
  addEventListener("drop", () => cover(false), { signal, capture: true });
  return () => {
    ended.abort();
    cover(false);
  };
}
