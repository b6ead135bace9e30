// Draws the stages of a search side by side. Every text goes in by textContent.

function row(hit, stage, send) {
  const bar = make("i", "");
  bar.style.width = `${Math.round(100 * hit.share)}%`;
  const top = make("span", "top", make("span", "rank", String(hit.rank)), make("b", "", hit.title),
    make("span", "score", hit.score));
  const open = make("button", "row", top, hit.place ? make("span", "place", hit.place) : null,
    make("span", "words", hit.words), hit.from ? make("span", "from", hit.from) : null, make("span", "bar", bar));
  open.setAttribute("aria-label", filled(words.open, { stage, ...hit }));
  open.onclick = () => send("open", hit.id);
  const inspect = make("button", "inspect", words.inspect);
  inspect.setAttribute("aria-label", filled(words.inspectPassage, hit));
  inspect.onclick = () => send("inspect", hit.id);
  const item = make("li", hit.leftOut ? "left-out" : "", open, inspect);
  item.dataset.id = String(hit.id);
  return item;
}

function point(root, id) { // the same passage in every stage
  root.classList.toggle("pointing", id !== null);
  for (const item of root.querySelectorAll("li")) item.classList.toggle("same", item.dataset.id === id);
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  words = data.words;
  const send = (kind, id) => setTriggerValue("picked", { kind, id });
  const stages = make("div", "stages", ...data.stages.map((stage) => {
    const rows = stage.rows.length
      ? make("ol", "", ...stage.rows.map((hit) => row(hit, stage.name, send)))
      : make("p", "quiet", stage.nothing);
    const part = make("section", stage.isKept ? "stage kept" : "stage", make("h3", "", stage.name),
      make("p", "quiet", stage.note), rows);
    part.setAttribute("aria-label", `${stage.name}: ${stage.note}`);
    return part;
  }));
  stages.tabIndex = 0; // so that keys can move it sideways
  stages.setAttribute("role", "group");
  stages.setAttribute("aria-label", words.stages);
  stages.onpointerover = (event) => {
    if (event.pointerType === "mouse") point(stages, event.target.closest("li")?.dataset.id ?? null);
  };
  stages.onpointerleave = () => point(stages, null);
  stages.onfocusin = (event) => point(stages, event.target.closest("li")?.dataset.id ?? null);
  stages.onfocusout = () => point(stages, null);
  const root = parentElement.querySelector(".root");
  const before = root.querySelector(".stages")?.scrollLeft ?? 0;
  root.replaceChildren(stages);
  stages.scrollLeft = before;
}
