// On a narrow screen the sidebar is a drawer over the page. It closes once something was chosen there, and is closed
// after a reload: Streamlit remembers it as it was left, as if there were room for it beside the page.
const isNarrow = () => innerWidth <= 768; // from here on Streamlit lays it over the page
const CHOICES = "a, [class*=st-key-open-] button";

function close() {
  const button = "[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button";
  document.querySelector(button)?.click();
}

function forget() {
  const left = Object.keys(localStorage).filter((key) => isNarrow() && key.startsWith("stSidebarCollapsed-"));
  for (const key of left) localStorage.removeItem(key);
}

export default function () {
  const ended = new AbortController();
  const { signal } = ended;
  addEventListener("click", ({ target }) => {
    if (isNarrow() && target.closest?.("[data-testid=stSidebar]") && target.closest(CHOICES)) setTimeout(close);
  }, { signal });
  for (const leaving of ["pagehide", "visibilitychange"]) addEventListener(leaving, forget, { signal });
  return () => ended.abort();
}
