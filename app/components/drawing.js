// Makes elements. Read before the script of every part that draws; texts go in by append and so stay texts.

let words = {}; // what this part says, as its `data` has it in the reader's language

function filled(text, values) { // a text of `words` with its {fields}
  return text.replace(/\{(\w+)\}/g, (_, field) => String(values[field]));
}

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null));
  return element;
}

function svg(tag, attributes, ...children) {
  return drawing("http://www.w3.org/2000/svg", tag, attributes, children);
}

function mathml(tag, attributes, ...children) {
  return drawing("http://www.w3.org/1998/Math/MathML", tag, attributes, children);
}

function drawing(kind, tag, attributes, children) {
  const element = document.createElementNS(kind, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

function fitted(root, drawn) { // drawn anew as often as there is another width
  let width = 0;
  const draw = () => {
    const now = Math.round(root.clientWidth);
    if (!now || now === width) return; // a part that is not open yet has no width
    width = now;
    root.replaceChildren(...drawn(width));
  };
  root.replaceChildren();
  draw();
  root.watcher?.disconnect(); // it would draw what was here before
  root.watcher = new ResizeObserver(draw);
  root.watcher.observe(root);
}
