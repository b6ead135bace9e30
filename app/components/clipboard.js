// Puts text on the clipboard. Read before the script of each component that does.

async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.createElement("textarea"); // an address without TLS, other than this machine's, has no clipboard
  box.value = text;
  const within = document.querySelector("[role=dialog]") ?? document.body; // a dialog takes the cursor from elsewhere
  within.append(box);
  box.select();
  const isDone = document.execCommand("copy");
  box.remove();
  if (!isDone) throw new Error("not allowed");
}

function copying(button, text) {
  const name = button.textContent;
  button.onclick = async () => {
    try {
      await toClipboard(text);
      button.textContent = words.copied;
    } catch {
      button.textContent = words.notAllowed;
    }
    setTimeout(() => { button.textContent = name; }, 2000);
  };
  return button;
}

