// Draws how ranks moved, as lines between two columns. Every text goes in by textContent.

const ROW = 26;
const TOP = 30;
const MIDDLE = 0.26; // share of the width that the lines cross
const LETTER = 6.6; // pixels, about

function short(move, width) { // the passage's number tells passages of one document apart
  const most = Math.max(2, Math.floor(width / LETTER) - move.passage.length);
  const title = move.title.length <= most ? move.title : `${move.title.slice(0, most - 1)}…`;
  return `${title}${move.passage}`;
}

function how(move) {
  if (move.before === null) return ["gone", "up"];
  if (move.after === null) return ["gone", "down"];
  return [move.after < move.before ? "up" : move.after > move.before ? "down" : "stays"];
}

function said(move) {
  const text = move.before === null ? words.new : move.after === null ? words.gone : words.moved;
  return filled(text, { ...move, passage: `${move.title}${move.passage}` });
}

function drawn(data, width) {
  const rows = Math.max(data.before, data.after);
  const height = TOP + rows * ROW + ROW;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img" });
  picture.append(svg("title", {}, data.moves.map(said).join("; ")));
  const left = width * (0.5 - MIDDLE / 2);
  const right = width - left;
  const room = left - 34;
  picture.append(svg("text", { x: left, y: 14, "text-anchor": "end", class: "head" }, data.names[0]));
  picture.append(svg("text", { x: right, y: 14, class: "head" }, data.names[1]));
  const at = (place) => TOP + (place - 0.5) * ROW;
  for (const move of data.moves) {
    const from = move.before === null ? TOP + rows * ROW + ROW / 2 : at(move.before);
    const to = move.after === null ? TOP + rows * ROW + ROW / 2 : at(move.after);
    const bend = (left + right) / 2;
    const group = svg("g", {});
    group.append(svg("title", {}, said(move)));
    group.append(svg("path", { class: ["move", ...how(move)].join(" "), d: `M${left},${from}C${bend},${from} ${bend},${to} ${right},${to}` }));
    if (move.before !== null) side(group, move, move.before, left, at(move.before), "end", room);
    if (move.after !== null) side(group, move, move.after, right, at(move.after), "start", room);
    picture.append(group);
  }
  return picture;
}

function side(group, move, place, x, y, anchor, room) {
  const out = anchor === "end" ? -1 : 1;
  group.append(svg("circle", { class: "end", cx: x, cy: y, r: 3.5 }));
  group.append(svg("text", { x: x + out * 8, y: y + 4, "text-anchor": anchor, class: "number" }, String(place)));
  group.append(svg("text", { x: x + out * 26, y: y + 4, "text-anchor": anchor }, short(move, room)));
}

export default function (component) {
  const { data, parentElement } = component;
  words = data.words;
  const root = parentElement.querySelector(".root");
  fitted(root, (width) => [drawn(data, width)]);
}
