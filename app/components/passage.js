// Draws a passage in its surroundings with the quoted words marked. Every text goes in by textContent.

const TAGS = { around: "span", passage: "span", quote: "mark", label: "h6" };

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".root");
  const text = document.createElement("div");
  text.className = "document";
  text.tabIndex = 0; // whoever has no mouse scrolls with the keys
  text.setAttribute("role", "region");
  text.setAttribute("aria-label", "Text of the document");
  for (const [kind, words] of data.parts) {
    const part = document.createElement(TAGS[kind] ?? "span");
    part.className = kind;
    part.textContent = words;
    text.append(part);
  }
  root.replaceChildren(text);
  const focus = text.querySelector("mark") ?? (text.querySelector("h6") ? null : text.querySelector(".passage"));
  const show = () => { // only this box moves: the document's name above it stays in sight
    text.scrollTop = focus.offsetTop - text.clientHeight / 3;
  };
  const watcher = new ResizeObserver(() => { // a tab that is not open yet has no height to scroll in
    if (!focus || !text.clientHeight) return;
    show();
    watcher.disconnect();
  });
  watcher.observe(text);
}
