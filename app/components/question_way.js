// The way to the question box by the keyboard: the page's first tab stop leads there, and so does "/" wherever nothing
// is typed. The link is seen while it has the focus.
const TYPED = ["input", "textarea", "select", "[contenteditable=true]", "[role=dialog]"];

export default function ({ data }) {
  const ended = new AbortController();
  const { signal } = ended;
  const go = (event) => {
    const box = document.querySelector("[data-testid=stChatInputTextArea]");
    if (!box) return;
    event.preventDefault();
    box.focus();
  };
  const link = document.createElement("button");
  link.className = "question-way";
  link.textContent = data;
  link.addEventListener("click", go, { signal });
  document.body.prepend(link);
  addEventListener("keydown", (event) => {
    const isTyped = event.composedPath()[0].closest?.(TYPED.join());
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyped) go(event);
  }, { signal });
  return () => { ended.abort(); link.remove(); };
}
