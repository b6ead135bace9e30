// Draws what a run measured: bars with intervals, the risk-coverage curve, times. Every text goes in by append.

const SIDES = ["a", "b"];
const figure = (value) => value.toFixed(2).replace(".", words.point);
const percent = (value) => filled(words.percent, { n: Math.round(100 * value) });

const pen = document.createElement("canvas").getContext("2d");

function wide(text) { // in pixels, as the names of bars are written
  return pen.measureText(text).width;
}

function short(text, width) {
  if (wide(text) <= width) return text;
  let n = text.length - 1;
  while (n > 4 && wide(`${text.slice(0, n)}…`) > width) n -= 1;
  return `${text.slice(0, n)}…`;
}

function key(names) {
  if (names.length < 2) return null;
  const items = names.map((name, side) => make("li", "", make("span", `dot ${SIDES[side]}`), make("span", "name", name)));
  return make("ul", "key", ...items);
}

function picture(label, width, height) {
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img" });
  drawn.setAttribute("aria-label", label);
  return drawn;
}

// Of a metric a line for each run: the bar, its interval, and its figure. On a narrow screen its name stands above.
function bars(data, width) {
  const parts = [key(data.names)];
  const isNarrow = width < 520;
  const names = data.groups.flatMap((group) => group.rows.map((row) => wide(row.name)));
  const left = isNarrow ? 0 : Math.min(Math.ceil(Math.max(...names)) + 14, Math.round(0.45 * width));
  const room = width - left - 52;
  for (const group of data.groups) {
    const step = 17 * data.names.length + (isNarrow ? 22 : 10);
    const said = group.rows.map((row) => row.said).join("; ");
    const drawn = picture(`${group.name}: ${said}`, width, group.rows.length * step + 16);
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const x = left + share * room;
      drawn.append(svg("line", { class: "grid", x1: x, x2: x, y1: 0, y2: group.rows.length * step }));
      const anchor = share === 0 ? "start" : "middle";
      drawn.append(svg("text", { class: "small", x, y: group.rows.length * step + 12, "text-anchor": anchor }, figure(share)));
    }
    group.rows.forEach((row, at) => {
      const top = at * step + (isNarrow ? 18 : 4);
      const middle = top + (17 * data.names.length) / 2;
      const name = short(row.name, isNarrow ? width : left - 12);
      drawn.append(isNarrow ? svg("text", { x: 0, y: top - 4 }, name)
        : svg("text", { x: left - 10, y: middle + 2, "text-anchor": "end" }, name));
      row.values.forEach((value, side) => {
        if (value !== null) drawn.append(...bar(value, side, left, room, top + 17 * side));
      });
      drawn.lastChild?.append(svg("title", {}, `${row.said}. ${row.help}.`));
    });
    parts.push(make("p", "group", group.name), drawn);
  }
  return parts.filter((part) => part !== null);
}

function bar(value, side, left, room, y) {
  const x = (share) => left + Math.max(0, Math.min(1, share)) * room;
  const middle = y + 6;
  const whisker = `M${x(value.low)},${middle}H${x(value.high)}M${x(value.low)},${y + 2}v8M${x(value.high)},${y + 2}v8`;
  return [
    svg("rect", { class: "track", x: left, y, width: room, height: 12, rx: 3 }),
    svg("rect", { class: SIDES[side], x: left, y, width: Math.max(1, x(value.mean) - left), height: 12, rx: 3 }),
    svg("path", { class: "whisker", d: whisker }),
    svg("text", { class: "figure", x: left + room + 8, y: y + 10 }, figure(value.mean)),
  ];
}

function frame(drawn, box, xs, ys) {
  for (const [share, name] of ys) {
    const y = box.bottom - share * (box.bottom - box.top);
    drawn.append(svg("line", { class: "grid", x1: box.left, x2: box.right, y1: y, y2: y }));
    drawn.append(svg("text", { class: "small", x: box.left - 6, y: y + 4, "text-anchor": "end" }, name));
  }
  for (const [share, name] of xs) {
    const x = box.left + share * (box.right - box.left);
    const anchor = share > 0.95 ? "end" : share < 0.05 ? "start" : "middle";
    drawn.append(svg("text", { class: "small", x, y: box.bottom + 15, "text-anchor": anchor }, name));
  }
}

function curve(data, width) {
  const height = 250;
  const box = { left: 40, right: width - 10, top: 10, bottom: height - 36 };
  const drawn = picture(data.label, width, height);
  const highest = Math.max(0.1, ...data.lines.flatMap((line) => line.map(([, risk]) => risk)));
  const top = Math.min(1, Math.ceil(highest * 10) / 10);
  const shares = [0, 0.25, 0.5, 0.75, 1];
  frame(drawn, box, shares.map((share) => [share, percent(share)]), shares.map((share) => [share, percent(share * top)]));
  drawn.append(svg("text", { class: "small", x: (box.left + box.right) / 2, y: height - 4, "text-anchor": "middle" },
    words.answered));
  data.lines.forEach((line, side) => {
    const path = line.map(([coverage, risk], n) => {
      const x = box.left + coverage * (box.right - box.left);
      return `${n ? "L" : "M"}${x.toFixed(1)},${(box.bottom - (risk / top) * (box.bottom - box.top)).toFixed(1)}`;
    });
    drawn.append(svg("path", { class: `line ${SIDES[side]}`, d: path.join("") }));
  });
  return [key(data.names), drawn].filter((part) => part !== null);
}

// The middles of two texts over their places, pushed apart where they would lie on one another.
function apart(places, widths, right) {
  const gap = (widths[0] + widths[1]) / 2 + 8;
  const lacking = Math.max(0, gap - (places[1] - places[0])) / 2;
  const first = Math.max(widths[0] / 2, places[0] - lacking);
  const second = Math.min(right - widths[1] / 2, Math.max(places[1] + lacking, first + gap));
  return [Math.min(first, second - gap), second];
}

function times(data, width) {
  const height = 230;
  const box = { left: 40, right: width - 10, top: 26, bottom: height - 36 };
  const drawn = picture(data.label, width, height);
  const most = Math.max(...data.counts);
  const [from, to] = [data.edges[0], data.edges[data.edges.length - 1]];
  const x = (ms) => box.left + ((ms - from) / (to - from || 1)) * (box.right - box.left);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${Math.round(from + share * (to - from))} ms`]);
  const counts = [...new Set([0, Math.floor(most / 2), most])].map((count) => [count / most, String(count)]);
  frame(drawn, box, width < 420 ? ticks.filter((_, n) => n % 2 === 0) : ticks, counts);
  data.counts.forEach((count, n) => {
    const tall = (count / most) * (box.bottom - box.top);
    const [left, right] = [x(data.edges[n]), x(data.edges[n + 1])];
    drawn.append(svg("rect", { class: "a", x: left + 1, y: box.bottom - tall, width: Math.max(1, right - left - 2), height: tall, rx: 2 }));
  });
  const marks = [[data.p50, words.half], [data.p95, words.most]].map(([ms, name]) => [x(ms), `${name} ${Math.round(ms)} ms`]);
  const middles = apart(marks.map(([at]) => at), marks.map(([, name]) => wide(name)), width);
  marks.forEach(([at, name], n) => {
    drawn.append(svg("line", { class: "mark", x1: at, x2: at, y1: box.top - 6, y2: box.bottom }));
    drawn.append(svg("text", { class: "small", x: middles[n], y: 14, "text-anchor": "middle" }, name));
  });
  drawn.append(svg("text", { class: "small", x: (box.left + box.right) / 2, y: height - 4, "text-anchor": "middle" }, words.time));
  return [drawn];
}

const KINDS = { bars, curve, times };

export default function (component) {
  const { data, parentElement } = component;
  words = data.words;
  const root = parentElement.querySelector(".root");
  pen.font = ["12px", getComputedStyle(root).fontFamily].join(" ");
  fitted(root, (width) => KINDS[data.kind](data, width));
}
