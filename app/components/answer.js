// Draws an answer with its numbered sources. Every text goes in by textContent, so nothing of it can become HTML.

const TAGS = new Set(["p", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "br", "hr", "mark",
  "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"]);

const MOST_OPEN = 5; // a longer list of sources would push the next question out of sight

const MOST_ASKED = 4000; // characters of a question, as the server says

function chip(n, sources, open) {
  const source = sources.get(n);
  const button = make("button", "chip", String(n));
  const tip = make("span", "tip", make("b", "", source.title), make("span", "place", source.place),
    make("span", "quote", source.text));
  tip.setAttribute("aria-hidden", "true");
  button.setAttribute("aria-label", filled(words.source, { n, title: source.title, place: source.place }));
  button.onclick = () => open("cited", n, button);
  return withTip(button, tip);
}

function withTip(button, tip) {
  const holder = make("span", "chip-holder", button, tip);
  const place = () => { // a tip near the right edge opens to the left
    const room = holder.closest(".answer").getBoundingClientRect();
    const over = button.getBoundingClientRect().left + tip.offsetWidth - room.right;
    tip.style.left = `${Math.min(0, -over)}px`;
  };
  holder.onmouseenter = place;
  button.onfocus = place;
  return holder;
}

function remark(check) {
  if (!check || !check.word) return null;
  const tip = make("span", "tip", check.text);
  const word = make("button", `remark ${check.kind ?? "bad"}`, check.word);
  word.setAttribute("aria-label", `${check.word}: ${check.text}`);
  tip.setAttribute("aria-hidden", "true");
  return withTip(word, tip);
}

function drawn(node, sources, open) {
  if (typeof node === "string") return node;
  if (node.check !== undefined) return remark(sources.checks[node.check]);
  if (node.math !== undefined) return formula(node);
  if (node.cite !== undefined) return sources.has(node.cite) ? chip(node.cite, sources, open) : `[${node.cite}]`;
  const isCorner = node.tag === "th" && !node.children.length; // an empty head is none to a screen reader
  const tag = isCorner ? "td" : TAGS.has(node.tag) ? node.tag : "span";
  return make(tag, node.kind ?? "", ...node.children.map((child) => drawn(child, sources, open)));
}

const MATHML = new Set(["math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt",
  "mroot", "mstyle", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mphantom",
  "mpadded", "menclose"]);

function element(node) {
  if (typeof node === "string") return node;
  return mathml(MATHML.has(node.math) ? node.math : "mrow", node.attributes ?? {}, ...node.children.map(element));
}

function formula(node) {
  const math = element(node);
  const box = make("span", `formula ${node.attributes ? "display" : ""}`, math);
  new ResizeObserver(() => {
    const script = math.querySelector("msub > :nth-child(2)"); // without a font for formulas it stands as high as its base
    const isLevel = script && script.getBoundingClientRect().bottom <= script.previousSibling.getBoundingClientRect().bottom;
    if (isLevel) box.classList.add("level");
    // one that is wider than its line moves in a line of its own, also by the keyboard
    const line = box.closest("p, li, td, th, blockquote, .text");
    const isWide = box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0
      || math.getBoundingClientRect().width > line.clientWidth + 1;
    if (isWide === box.classList.contains("wide")) return;
    box.classList.toggle("wide", isWide);
    for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", words.wideFormula]]) {
      if (isWide) box.setAttribute(name, value); else box.removeAttribute(name);
    }
  }).observe(box);
  return box;
}

function sourceRow(source, kind, open) {
  const number = source.n ? make("span", "number", String(source.n)) : null;
  const flag = source.flag ? make("span", "flag", words.givesOrders) : null;
  if (flag) flag.title = filled(words.notRead, { why: source.flag });
  const head = make("span", "head", make("b", "", source.title), make("span", "place", source.place), flag);
  const row = make("button", `source ${kind}`, number, make("span", "body", head, make("span", "text", source.text)));
  row.onclick = () => open(kind, source.id, row);
  return row;
}

function sourceList(name, sources, kind, isOpen, open) {
  if (!sources.length) return null;
  const summary = make("summary", "", `${name} `, make("span", "count", String(sources.length)));
  const list = make("details", "sources", summary,
    make("div", "rows", ...sources.map((source) => sourceRow(source, kind, open))));
  list.open = isOpen;
  return list;
}

function flow(data) {
  const rows = data.stages.map(([name, ms, n]) => make("tr", "", make("td", "", name),
    make("td", "", String(n)), make("td", "", `${ms} ms`)));
  const head = make("tr", "", make("th", "", words.step), make("th", "", words.kept), make("th", "", words.time));
  return make("details", "flow", make("summary", "", data.line), make("table", "", head, ...rows));
}

function searched(data, ask) {
  const line = make("p", "searched", data.searched);
  if (!data.completed) return line;
  const edit = make("button", "edit", words.edit);
  edit.setAttribute("aria-label", words.editSearched);
  line.append(" ", edit);
  edit.onclick = () => {
    const field = make("textarea", "");
    field.value = data.completed;
    field.maxLength = MOST_ASKED;
    field.rows = 2;
    field.setAttribute("aria-label", words.question);
    const go = make("button", "go", words.ask);
    const cancel = make("button", "edit", words.cancel);
    go.type = "submit";
    cancel.type = "button";
    const form = make("form", "again", field, make("span", "", go, cancel));
    const close = () => { form.replaceWith(line); edit.focus(); };
    cancel.onclick = close;
    form.onsubmit = (event) => { event.preventDefault(); if (field.value.trim()) ask(field.value.trim()); };
    form.onkeydown = (event) => {
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && !event.shiftKey && event.target === field) form.requestSubmit();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    line.replaceWith(form);
    field.focus();
    field.select();
  };
  return line;
}

function copyButton(text) {
  return copying(make("button", "copy", words.copy), text);
}

function openers(root) {
  return [...root.querySelectorAll(".chip, .source")];
}

const roots = new Map(); // name of an answer -> where it is drawn now: it may be mounted anew while a drawer is open

function focusOnClosing(name, at) {
  let wasOpen = false;
  const watcher = new MutationObserver(() => {
    const isOpen = document.querySelector("[role=dialog]") !== null;
    if (wasOpen && !isOpen) {
      watcher.disconnect();
      setTimeout(() => openers(roots.get(name))[at]?.focus({ preventScroll: true }), 0);
    }
    wasOpen = isOpen;
  });
  watcher.observe(document.body, { childList: true, subtree: true });
}

const ABOVE_PX = 104, BELOW_PX = 120; // what stands above and below a conversation
const shown = new Set(); // new answers that were brought into view

// Streamlit goes to the end of the page. Once it has, an answer that is longer than the window is shown from its
// question on, unless its reader has gone elsewhere meanwhile.
function bringIntoView(name) {
  let before = null, calm = 0, looks = 0;
  const ended = new AbortController();
  const { signal } = ended;
  for (const deed of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(deed, () => ended.abort(), { signal });
  dispatchEvent(new Event("footnote-answered"));
  const look = () => {
    const message = roots.get(name).getRootNode().host?.closest(".stChatMessage");
    const messages = [...document.querySelectorAll(".stChatMessage")];
    const question = messages[messages.indexOf(message) - 1];
    const top = question?.getBoundingClientRect().top;
    calm = question && top === before ? calm + 1 : 0;
    before = top;
    looks += 1;
    if (signal.aborted) return;
    if (calm < 4 && looks <= 50) {
      setTimeout(look, 100);
      return;
    }
    ended.abort();
    const isCut = top < ABOVE_PX || message?.getBoundingClientRect().bottom > innerHeight - BELOW_PX;
    if (calm >= 4 && isCut) question.scrollIntoView();
  };
  look();
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  words = data.words;
  const root = parentElement.querySelector(".root");
  roots.set(data.name, root);
  const open = (kind, id, button) => {
    focusOnClosing(data.name, openers(root).indexOf(button));
    setTriggerValue("open", { kind, id });
  };
  const sources = new Map(data.cited.map((source) => [source.n, source]));
  sources.checks = data.checks;
  const answer = make("div", `answer ${data.kind}`);
  if (data.searched) answer.append(searched(data, (text) => setTriggerValue("again", text)));
  if (data.kind === "refused") answer.append(make("div", "refusal", make("b", "", data.title), make("p", "", data.hint)));
  if (data.doubt) answer.append(make("p", "notice", data.doubt));
  answer.append(make("div", "text", ...data.blocks.map((node) => drawn(node, sources, open))));
  if (data.coverage) answer.append(make("p", "coverage", data.coverage));
  if (data.notice) answer.append(make("p", "notice", data.notice));
  const nearest = data.kind === "refused";
  for (const list of [
    sourceList(words.cited, data.cited, "cited", data.cited.length <= MOST_OPEN, open),
    sourceList(words.nearest, data.nearest, "hit", true, open),
    sourceList(nearest ? words.more : words.also, data.also, "hit", false, open),
  ]) if (list) answer.append(list);
  if (data.withheld.length) {
    answer.append(make("details", "flow", make("summary", "", words.withheld),
      make("div", "text withheld", ...data.withheld.map((node) => drawn(node, sources, open)))));
  }
  if (data.steps.length) {
    const summary = make("summary", "", `${words.steps} `, make("span", "count", String(data.steps.length)));
    answer.append(make("details", "flow steps", summary, make("ol", "", ...data.steps.map((step) => make("li", "", step)))));
  }
  if (data.flow) answer.append(flow(data.flow));
  if (data.copy) answer.append(copyButton(data.copy));
  const focused = openers(root).indexOf(root.getRootNode().activeElement);
  root.replaceChildren(answer);
  openers(root)[focused]?.focus({ preventScroll: true });
  if (data.fresh && !shown.has(data.fresh)) {
    shown.add(data.fresh);
    bringIntoView(data.name);
  }
}
