// Draws a collection's embeddings as points, with the question and its hits. Every text goes in by textContent.

const COLOURS = ["#5b6ee1", "#e08a2e", "#2fa37c", "#d1567b", "#9a6bd0", "#35a2c4"];
const REST = "#8b90a0";
const EDGE = 34;
const NEAR = 18; // pixels within which a point is pointed at
const KEY = "rest";

function scaled(data, width, height) { // one scale for both directions: distances stay comparable
  const places = [...data.places, ...data.hits.map((hit) => hit.at), ...(data.question ? [data.question] : [])];
  const [xs, ys] = [0, 1].map((axis) => places.map((place) => place[axis]));
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const unit = Math.min((width - 2 * EDGE) / (right - left || 1), (height - 2 * EDGE) / (high - low || 1));
  return ([x, y]) => [
    width / 2 + (x - (left + right) / 2) * unit,
    height / 2 - (y - (low + high) / 2) * unit,
  ];
}

function tipAt(tip, box, x, y, title, text) {
  tip.replaceChildren(make("b", "", title), text);
  tip.hidden = false;
  tip.style.left = `${Math.max(6, Math.min(x + 14, box.clientWidth - tip.offsetWidth - 6))}px`;
  tip.style.top = `${y + 16 + tip.offsetHeight > box.clientHeight ? Math.max(6, y - tip.offsetHeight - 12) : y + 16}px`;
}

function drawn(data, width, send) {
  const height = Math.round(Math.max(300, Math.min(560, width * 0.62)));
  const place = scaled(data, width, height);
  const at = data.places.map(place);
  const box = make("div", "map");
  const tip = make("div", "tip");
  tip.hidden = true;
  const points = at.map(([x, y], n) => svg("circle", { class: "point", cx: x.toFixed(1), cy: y.toFixed(1), r: 3.2,
    fill: COLOURS[data.documents[n]] ?? REST, "data-of": data.documents[n] < COLOURS.length ? data.documents[n] : KEY }));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "group" });
  picture.setAttribute("aria-label", data.label);
  picture.append(...points);
  const ring = svg("circle", { class: "near", r: 6, visibility: "hidden" });
  picture.append(ring);
  if (data.question) asked(picture, data, place);
  for (const hit of data.hits.slice().reverse()) picture.append(ranked(hit, place, box, tip, send));
  const nearest = (event) => {
    const frame = picture.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    let best = -1;
    let distance = NEAR * NEAR;
    at.forEach(([px, py], n) => {
      const d = (px - x) ** 2 + (py - y) ** 2;
      if (d < distance) [best, distance] = [n, d];
    });
    return best;
  };
  const show = (n) => {
    ring.setAttribute("visibility", n < 0 ? "hidden" : "visible");
    if (n < 0) { tip.hidden = true; return; }
    ring.setAttribute("cx", at[n][0]);
    ring.setAttribute("cy", at[n][1]);
    tipAt(tip, box, ...at[n], data.titles[n], data.texts[n]);
  };
  picture.onpointermove = (event) => { if (!event.target.closest(".hit")) show(nearest(event)); };
  picture.onpointerleave = () => show(-1);
  picture.onclick = (event) => {
    const n = nearest(event);
    if (n >= 0 && !event.target.closest(".hit")) send(data.ids[n]);
  };
  box.append(picture, tip);
  return box;
}

function asked(picture, data, place) {
  const [x, y] = place(data.question);
  for (const hit of data.hits) {
    const [hx, hy] = place(hit.at);
    picture.append(svg("line", { class: "ray", x1: x, y1: y, x2: hx, y2: hy }));
  }
  const mark = svg("rect", { x: x - 7, y: y - 7, width: 14, height: 14, transform: `rotate(45 ${x} ${y})` });
  const isLeft = x > picture.viewBox.baseVal.width - 90;
  const name = svg("text", { x: x + (isLeft ? -14 : 14), y: y + 4, "text-anchor": isLeft ? "end" : "start" }, words.question);
  picture.append(svg("g", { class: "asked" }, mark, name));
}

function ranked(hit, place, box, tip, send) {
  const [x, y] = place(hit.at);
  const group = svg("g", { class: "hit", tabindex: 0, role: "button" },
    svg("circle", { cx: x, cy: y, r: 9 }), svg("text", { x, y }, String(hit.rank)));
  group.setAttribute("aria-label", filled(words.hit, hit));
  const show = () => tipAt(tip, box, x, y, `${hit.rank}. ${hit.title}`, hit.words);
  group.onpointerenter = show;
  group.onfocus = show;
  group.onblur = () => { tip.hidden = true; };
  group.onclick = () => send(hit.id);
  group.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    send(hit.id);
  };
  return group;
}

function key(data, root) {
  const rows = data.names.map((name, n) => [name, COLOURS[n], String(n)]);
  if (data.others) rows.push([data.others, REST, KEY]);
  return make("ul", "key", ...rows.map(([name, colour, of]) => {
    const dot = make("span", "dot");
    dot.style.background = colour;
    const button = make("button", "", dot, make("span", "name", name));
    const light = (isOn) => {
      root.classList.toggle("only", isOn);
      for (const point of root.querySelectorAll(".point")) point.classList.toggle("lit", isOn && point.dataset.of === of);
    };
    button.onpointerenter = button.onfocus = () => light(true);
    button.onpointerleave = button.onblur = () => light(false);
    button.setAttribute("aria-label", filled(words.show, { name }));
    return make("li", "", button);
  }));
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  words = data.words;
  const root = parentElement.querySelector(".root");
  const send = (id) => setTriggerValue("picked", { kind: "inspect", id });
  fitted(root, (width) => [drawn(data, width - 2, send), key(data, root)]);
}
