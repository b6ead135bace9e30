// A question that was just asked is brought into view, and its answer as it comes: Streamlit follows only while the page
// stands at its end. It ends with the whole answer (answer.js), or as soon as the reader goes elsewhere.
export default function () {
  const ended = new AbortController();
  const { signal } = ended;
  const page = document.querySelector("[data-testid=stAppScrollToBottomContainer]");
  const timer = setInterval(() => page?.scrollTo({ top: page.scrollHeight }), 100);
  signal.addEventListener("abort", () => clearInterval(timer));
  for (const deed of ["wheel", "touchmove", "keydown", "pointerdown", "footnote-answered"]) {
    addEventListener(deed, () => ended.abort(), { signal });
  }
  return () => ended.abort();
}
