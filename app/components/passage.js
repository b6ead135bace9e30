// Draws a passage in its surroundings with the quoted words marked. Every text goes in by textContent.

const TAGS = { around: "span", passage: "span", quote: "mark", label: "h3" };

function pieces(list) {
  return list.map(([kind, words]) => {
    const part = make(TAGS[kind] ?? "span", kind);
    part.textContent = words;
    return part;
  });
}

function table(block) {
  const head = make("tr", "", ...block.head.map((name) => {
    const cell = make(name ? "th" : "td", ""); // an empty head is none to a screen reader
    if (name) cell.scope = "col";
    cell.textContent = name;
    return cell;
  }));
  const rows = block.rows.map((row) => make("tr", row.quoted ? "quoted" : "",
    ...row.cells.map((cell) => make("td", "", ...pieces(cell)))));
  if (block.is_cut) {
    const cell = make("td", "around", "…");
    cell.colSpan = Math.max(1, block.head.length);
    cell.title = words.cut;
    rows.unshift(make("tr", "", cell));
  }
  return make("div", "rows", make("table", "", make("thead", "", head), make("tbody", "", ...rows)));
}

function factList(facts) {
  return make("dl", "facts", ...facts.flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)]));
}

export default function (component) {
  const { data, parentElement } = component;
  words = data.words;
  const root = parentElement.querySelector(".root");
  const text = make("div", "document");
  text.tabIndex = 0;
  text.setAttribute("role", "group");
  text.setAttribute("aria-label", words.text);
  if (data.facts.length) text.append(factList(data.facts));
  for (const block of data.blocks) {
    text.append(block.kind === "table" ? table(block) : make("div", "block", ...pieces(block.pieces)));
  }
  root.replaceChildren(text);
  const focus = text.querySelector("tr.quoted") ?? text.querySelector("mark")
    ?? (text.querySelector("h3") ? null : text.querySelector(".passage"));
  const show = () => { // only this box moves: the document's name above it stays in sight, if there is room for both
    const over = focus.getBoundingClientRect().top - text.getBoundingClientRect().top;
    text.scrollTop += over - text.clientHeight / 3;
    const isBelow = focus.getBoundingClientRect().bottom > innerHeight;
    if (isBelow && text.closest("[role=dialog]")) focus.scrollIntoView({ block: "center" });
  };
  const watcher = new ResizeObserver(() => { // what is not open yet has no height to scroll in
    if (!focus || !text.clientHeight) return;
    show();
    watcher.disconnect();
  });
  watcher.observe(text);
}
