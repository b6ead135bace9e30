// Says at the page's root which language it is in, until it is drawn in another one, and names what pops up over the page:
// Streamlit names a toast by an element that is not there, so its text becomes that element.

function nameToasts() {
  for (const toast of document.getElementsByClassName("stToast")) {
    const text = toast.querySelector("[data-testid=stToastText]");
    if (text && !text.id) text.id = toast.getAttribute("aria-labelledby");
  }
}

export default function ({ data }) {
  const root = document.documentElement;
  const before = root.lang;
  root.lang = data;
  const watch = new MutationObserver(nameToasts);
  watch.observe(document.body, { childList: true, subtree: true });
  nameToasts();
  return () => { root.lang = before; watch.disconnect(); };
}
