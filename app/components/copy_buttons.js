// Buttons that copy a text each. Every text goes in by textContent, and out by the clipboard alone.

export default function (component) {
  const { data, parentElement } = component;
  words = data.words;
  const buttons = data.choices.map(([name, text]) => {
    const button = document.createElement("button");
    button.textContent = name;
    button.title = text;
    return copying(button, text);
  });
  parentElement.querySelector(".root").replaceChildren(...buttons);
}
