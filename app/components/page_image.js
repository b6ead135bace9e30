// Draws a page's picture in a box that keys can scroll.

const MARK_PX = 60; // some lines from the mark on

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
  picture.onload = () => { // as far as a box that fits leaves to be seen, the drawer moves, too
    if (!data.at) return;
    const [left, top] = [data.at[0] * picture.width, data.at[1] * picture.height];
    box.scrollTo(left - box.clientWidth / 3, top - box.clientHeight / 3);
    const isBelow = box.getBoundingClientRect().top + top - box.scrollTop + MARK_PX > innerHeight;
    if (isBelow && box.closest("[role=dialog]")) box.scrollIntoView({ block: "end" });
  };
  picture.src = `data:image/jpeg;base64,${data.picture}`;
  box.append(picture);
  parentElement.querySelector(".root").replaceChildren(box);
}
