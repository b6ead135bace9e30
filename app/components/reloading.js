// Streamlit loads the script of a part when that is first drawn, and tries once: where the server is away just then,
// or has other files by now, an error stands there for good. So the page loads itself anew as soon as the server
// answers: when nothing runs or is typed elsewhere, seldom, and with the question that is not yet sent. That is kept,
// too, where Streamlit loads the page anew, since another version of it runs at the server.
const DRAFT = "footnote-draft", RELOADED = "footnote-reloaded";
const LOOK_MS = 1000, JUST_NOW_MS = 10_000, SELDOM_MS = 300_000;
const BOX = "[data-testid=stChatInputTextArea]", FILES = "[data-testid=stFileChips]", TYPED = ["input", "textarea"];
const LOST = /^TypeError: .*dynamically imported module/, ERROR = "[data-testid=stAlertContentError]";
let isBroken = false, awayAt = 0;

const since = (moment) => Date.now() - moment;
const app = () => document.querySelector("[data-testid=stApp]")?.dataset ?? {};
const isAway = () => app().testConnectionState !== "CONNECTED";

function isInUse() {
  const at = document.activeElement;
  const isTyped = TYPED.some((kind) => at?.matches(kind)) && !at.matches(BOX) && at.value;
  return isAway() || app().testScriptState === "running" || isTyped || document.querySelector(FILES);
}

function keep() {
  const text = document.querySelector(BOX)?.value;
  if (text) sessionStorage.setItem(DRAFT, JSON.stringify({ text, at: Date.now() }));
}

function putBack() {
  const box = document.querySelector(BOX), kept = sessionStorage.getItem(DRAFT);
  if (!kept || !box) return;
  sessionStorage.removeItem(DRAFT);
  const { text, at } = JSON.parse(kept);
  if (box.value || since(at) > SELDOM_MS) return;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text); // past React's own
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function isLost() { // also of what was lost before this script was there to hear of it
  return isBroken || [...document.querySelectorAll(ERROR)].some((error) => LOST.test(error.textContent));
}

function look() {
  putBack();
  if (isAway()) awayAt = Date.now();
  if (!isLost() || isInUse() || since(Number(sessionStorage.getItem(RELOADED))) < SELDOM_MS) return;
  sessionStorage.setItem(RELOADED, Date.now());
  keep();
  location.reload();
}

export default function () {
  const ended = new AbortController();
  const { signal } = ended;
  addEventListener("vite:preloadError", () => { isBroken = true; }, { signal });
  addEventListener("pagehide", () => { if (since(awayAt) < JUST_NOW_MS) keep(); }, { signal });
  const looking = setInterval(look, LOOK_MS);
  return () => { ended.abort(); clearInterval(looking); };
}
