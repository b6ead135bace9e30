// The start page is shown from its beginning until its reader goes elsewhere: Streamlit stands at the end of a page, and
// what is drawn a little later would push the beginning out of a small window.
const left = new Set(); // start pages in which a reader has gone elsewhere

export default function ({ data }) {
  const ended = new AbortController();
  const { signal } = ended;
  const page = document.querySelector("[data-testid=stAppScrollToBottomContainer]");
  const timer = setInterval(() => left.has(data) || page?.scrollTo({ top: 0 }), 100);
  signal.addEventListener("abort", () => clearInterval(timer));
  for (const deed of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(deed, () => { left.add(data); ended.abort(); }, { signal });
  }
  return () => ended.abort();
}
