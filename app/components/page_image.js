// Draws a page's picture in a box that keys can scroll.

export default function (component) {
  const { data, parentElement } = component;
  const picture = document.createElement("img");
  picture.alt = data.name;
  picture.style.width = `${100 * data.zoom}%`;
  const box = document.createElement("div");
  box.className = "page";
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", data.name);
  box.onkeydown = (event) => { // a larger page is moved by the arrows; one that fits is turned by them
    const isSideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (isSideways && box.scrollWidth > box.clientWidth) event.stopPropagation();
  };
  picture.src = `data:image/jpeg;base64,${data.picture}`;
  box.append(picture);
  parentElement.querySelector(".root").replaceChildren(box);
}
