// Files that are dropped or chosen are kept here first, and handed to Streamlit's uploader in portions: it draws each
// of them anew with every step of every other one, so that a thousand at once would stop the page. A portion is done
// when the page says that it has it; one that was not, since the server is another one by now, is handed over again.
// What is too large or does not come through is told to the page, since an emptied uploader forgets it.
const PORTION = 50, TRIES = 2, NAMES = 5, LONGEST = 200, LOOK_MS = 100, HEARD_MS = 10_000, MB = 1024 * 1024;
const LEFT_BY_SYSTEMS = new Set([".DS_Store", "Thumbs.db"]); // in folders
const DROPZONE = "[data-testid=stFileUploaderDropzone]", CHIP = "[data-testid=stFileChip]";
const RED = "[data-testid=stFileChipIconError]", TURNING = "[data-testid=stFileChipIconSpinner]";

let data = {}, send = () => {}, stop = () => {}, isHanding = false, wasAway = false;
let waiting = []; // { file, into, tries }, in the order in which they came
let out = null; // the portion that the uploader has: { items, at, zone, red }
let total = 0;
let news = {}, said = null; // what the page is to be told, and what it has not yet heard

const app = () => document.querySelector("[data-testid=stApp]");
const isAway = () => app()?.dataset.testConnectionState !== "CONNECTED";
const zone = () => document.querySelector(`.st-key-${data.zone}`);
const all = (within, what) => [...(within?.querySelectorAll(what) ?? [])];

function note(kind, files) {
  if (!files.length) return;
  const former = news[kind] ?? { n: 0, names: [] };
  const names = [...former.names, ...files.map(({ name }) => name.slice(0, LONGEST))].slice(0, NAMES);
  news[kind] = { n: former.n + files.length, names };
}

function take(files) {
  const isLarge = (file) => file.size > data.limit * MB;
  note("large", files.filter(isLarge));
  const fit = files.filter((file) => !isLarge(file));
  if (!waiting.length && !out) total = 0;
  total += fit.length;
  waiting.push(...fit.map((file) => ({ file, into: data.collection, tries: 0 })));
  look();
}

function missed(items) {
  for (const item of items) item.tries += 1;
  note("lost", items.filter(({ tries }) => tries >= TRIES).map(({ file }) => file));
  waiting.unshift(...items.filter(({ tries }) => tries < TRIES));
}

function settle() {
  const { items, at, zone: former, red } = out;
  out = null;
  if (data.zone === former) news.empty = data.at; // of a server that is no more
  if (data.got !== at) waiting.unshift(...items);
  else missed(items.filter((_, i) => red.has(i)));
}

function hand() {
  const [{ into }] = waiting, isPinned = data.pinned !== null || waiting.length > PORTION;
  if ((isPinned ? data.pinned : data.collection) !== into) {
    news.into = into; // so that what is chosen meanwhile changes nothing for these
    return;
  }
  const other = waiting.findIndex((item) => item.into !== into);
  const items = waiting.splice(0, Math.min(PORTION, other < 0 ? PORTION : other));
  const input = zone().querySelector("input[type=file]"), carried = new DataTransfer();
  for (const { file } of items) carried.items.add(file);
  out = { items, at: data.at, zone: data.zone, red: new Set() };
  const portion = out;
  new MutationObserver(() => { // a chip is red for a moment alone where others come through
    const chips = all(zone(), CHIP);
    if (out !== portion || chips.length !== items.length) return;
    portion.red = new Set(chips.flatMap((chip, i) => chip.querySelector(RED) ? [i] : []));
  }).observe(zone(), { childList: true, subtree: true });
  isHanding = true;
  input.files = carried.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  isHanding = false;
}

function tell() {
  if (said && said.k === data.heard) said = null;
  if (said && Date.now() - said.when > HEARD_MS) {
    news = { ...said.news, ...news };
    said = null;
  }
  if (said || !Object.keys(news).length) return;
  said = { k: Math.floor(Math.random() * 2 ** 40), news, when: Date.now() };
  news = {};
  send({ ...said.news, k: said.k });
}

function show() {
  const isLong = total > PORTION && (waiting.length || out), style = app()?.style;
  document.documentElement.classList.toggle("files-coming", Boolean(isLong));
  if (!isLong) {
    style?.removeProperty("--drop-coming");
    return;
  }
  const number = (n) => n.toLocaleString(document.documentElement.lang || "en");
  const sent = total - waiting.length - (out?.items.length ?? 0);
  style?.setProperty("--drop-coming", JSON.stringify(data.coming.replace("{n}", number(sent)).replace("{m}", number(total))));
}

function look() {
  if (isAway()) wasAway = true;
  if (isAway() || !zone()) return;
  if (wasAway && (out || waiting.length)) news.back = true; // nothing runs by itself at a server that came back
  wasAway = false;
  if (out && data.at !== out.at) settle();
  const hasChips = all(zone(), CHIP).length > 0, isTold = !said && !Object.keys(news).length;
  if (out) {
    if (all(zone(), RED).length === out.items.length) { // none is through, so that the page would not hear of it
      const { items } = out;
      out = null;
      missed(items);
      news.empty = data.at;
    }
  } else if (waiting.length && isTold) {
    if (!hasChips) hand();
    else if (!all(zone(), TURNING).length) news.empty = data.at;
  } else if (!waiting.length && isTold && data.pinned !== null) news.into = null;
  tell();
  show();
}

async function members(folder) {
  const reader = folder.createReader(), found = [];
  for (;;) { // it gives some at a time
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...some);
  }
}

async function unfolded(entry) {
  try {
    if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    return (await Promise.all((await members(entry)).map(unfolded))).flat();
  } catch { // it cannot be read
    note("lost", [entry]);
    return [];
  }
}

async function dropped(carried) {
  const files = [...carried.items].filter(({ kind }) => kind === "file");
  const entries = files.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()); // at once: they are gone later
  const found = await Promise.all(entries.filter(Boolean).map((one) => one instanceof File ? [one] : unfolded(one)));
  take(found.flat().filter(({ name }) => !LEFT_BY_SYSTEMS.has(name)));
}

function forget() {
  [waiting, out, news, said] = [[], null, {}, null];
}

export default function (component) {
  stop(); // it is called with every change of the data
  if (data.who !== component.data.who) forget();
  ({ data } = component);
  send = (told) => component.setTriggerValue("told", told);
  const ended = new AbortController();
  const { signal } = ended;
  const cover = (is_over) => document.documentElement.classList.toggle("files-over", is_over);
  addEventListener("dragenter", (event) => {
    if (event.dataTransfer?.items[0]?.kind === "file") cover(true);
  }, { signal });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) cover(false); // out of the window
  }, { signal });
  addEventListener("drop", (event) => {
    cover(false);
    const at = event.target.closest?.(DROPZONE);
    if (!event.dataTransfer?.items.length || !zone()?.contains(at)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    at.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true })); // the uploader's own drag is over
    dropped(event.dataTransfer);
  }, { signal, capture: true });
  addEventListener("change", (event) => {
    if (isHanding || event.target.type !== "file" || !zone()?.contains(event.target)) return;
    event.stopImmediatePropagation();
    const files = [...event.target.files];
    event.target.value = "";
    take(files);
  }, { signal, capture: true });
  addEventListener("beforeunload", (event) => {
    if (waiting.length || out) event.preventDefault();
  }, { signal });
  const looking = setInterval(look, LOOK_MS);
  const mine = stop = () => {
    ended.abort();
    clearInterval(looking);
  };
  return () => {
    mine();
    document.documentElement.classList.remove("files-over", "files-coming");
  };
}
