"""The main content of a web page: what stands around it, menus, banners, sidebars and footers, is marked as hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ingest.loaders.web_text import is_hidden, visible_text

_NEAR_NOTHING = 20
"""Words: with fewer left of a page, the rules are not for it."""
_MOST_OF_IT = 0.4
"""Share of the page's words above which something is no ornament, whatever it is called."""
_PROSE = 60
"""Words outside of links that make something a text of its own."""
_LINKED = 0.3
_ALL_LINKED = 0.75
_MANY_LINKS = 4

_ASIDE_ROLES = frozenset({"search", "dialog", "alertdialog", "navigation", "menu", "menubar", "toolbar"})
_PAGE_ROLES = frozenset({"banner", "contentinfo", "complementary"})
"""Those count outside of the content alone: inside, many pages use them for parts of the text."""
_ORNAMENTS = frozenset(
    re.findall(
        r"\w+",
        """sidebar sidenav nav navbar navbox topnav menu menubar submenu dropdown offcanvas breadcrumb
        breadcrumbs cookie cookies consent gdpr onetrust cookiebot newsletter subscribe signup share sharing sharedaddy
        addtoany social related recommended recommendations promo promotion advert advertisement advertising ads adsense
        sponsored sponsor banner popup modal overlay footer masthead skip skiplink skipnav editsection catlinks
        pagination pager prevnext jump printfooter noprint toolbar""",
    )
)
"""Words of class names and ids that are given to what stands around a text."""
_NOTICES = frozenset({"cookie", "cookies", "consent", "gdpr", "onetrust", "cookiebot", "advert", "advertisement"})
"""... and to what is no part of it however long it is."""
_NAMED = frozenset({"div", "section", "ul", "ol", "aside", "table", "form", "span", "a", "p", "dl", "nav", "center"})
_LINK_LISTS = ("ul", "ol", "div", "table", "p", "td", "center")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def main_part(root: Any) -> Any:  # noqa: ANN401 - lxml's elements have no public type
    """The element to read; in it, what does not belong to the content is marked with the attribute `hidden`.

    A page of which next to nothing would be left is given back whole, without marks.
    """
    body = root if root.find("body") is None else root.find("body")
    page = _Page(body)
    marked = page.mark(page.is_ornament, None)
    content = _content(body)
    if content is body:
        marked += page.mark(page.is_link_list, _LINK_LISTS)
    left = _count(content)
    if left < _NEAR_NOTHING and left < page.tallies[body].words:
        for element in marked:
            del element.attrib["hidden"]
        return body
    return content


class _Tally(NamedTuple):
    """What a reader sees of an element, counted before anything is marked."""

    words: int
    linked: int
    """Words that are links."""
    links: int

    @property
    def share(self) -> float:
        return self.linked / self.words if self.words else 1.0


class _Page:
    """The elements of a page with their tallies, taken in one go from the innermost outwards."""

    def __init__(self, body: Any) -> None:  # noqa: ANN401
        self._body = body
        self.tallies: dict[Any, _Tally] = {}
        self._holders: set[Any] = set()
        """Elements around a main or an article."""
        for element in reversed(list(body.iter())):
            self.tallies[element] = self._tally(element)
            if element.tag in ("main", "article") or element in self._holders:
                self._holders.add(element.getparent())

    def mark(self, is_meant: Callable[[Any], bool], tags: tuple[str, ...] | None) -> list[Any]:
        """Hide all elements that are meant, and not most of the page; gives those that were not hidden before."""
        marked = []
        for element in self._body.iter(*(tags or ())):
            if not is_hidden(element) and is_meant(element) and not self._is_most(element):
                element.set("hidden", "")
                marked.append(element)
        return marked

    def is_link_list(self, element: Any) -> bool:  # noqa: ANN401
        """Whether the element is short links and hardly anything else."""
        words, linked, links = tally = self.tallies[element]
        is_short = links >= _MANY_LINKS and linked <= 5 * links
        return is_short and tally.share >= _ALL_LINKED and element.find(".//h1") is None and words > 0

    def is_ornament(self, element: Any) -> bool:  # noqa: ANN401
        """Whether the element stands around the content, by what it is or by what it is called."""
        tag, role = element.tag, element.get("role")
        if role in _ASIDE_ROLES or element.get("aria-hidden") == "true" or _is_permalink(element):
            return True
        if tag in ("main", "article", "body", "html"):
            return False
        if tag in ("header", "footer", "aside") or role in _PAGE_ROLES:
            return self._is_frame(element)
        words = _words(element) if tag in _NAMED else set()
        if words & _NOTICES:
            return not _is_section(element)
        return bool(words & _ORNAMENTS) and not self._is_prose(element)

    def _is_frame(self, element: Any) -> bool:  # noqa: ANN401
        """Whether a header, footer or aside is the page's own; inside of the content it is one only if it is links."""
        is_titled = element.find(".//h1") is not None
        is_linked = self.tallies[element].share > _LINKED
        if _is_inside(element):
            return is_linked and not is_titled
        return is_linked or not is_titled or element.tag != "header"

    def _is_prose(self, element: Any) -> bool:  # noqa: ANN401
        tally = self.tallies[element]
        return tally.words - tally.linked >= _PROSE and tally.share < _LINKED

    def _is_most(self, element: Any) -> bool:  # noqa: ANN401
        is_much = self.tallies[element].words > _MOST_OF_IT * self.tallies[self._body].words
        return is_much or element in self._holders

    def _tally(self, element: Any) -> _Tally:  # noqa: ANN401
        if is_hidden(element):
            return _Tally(0, 0, 0)
        inner = [self.tallies[child] for child in element]
        own = _n_words(element.text) + sum(_n_words(child.tail) for child in element)
        words = own + sum(tally.words for tally in inner)
        if element.tag == "a":
            return _Tally(words, words, 1)
        return _Tally(words, sum(tally.linked for tally in inner), sum(tally.links for tally in inner))


def _is_inside(element: Any) -> bool:  # noqa: ANN401
    return any(a.tag in ("main", "article", "blockquote") or a.get("role") == "main" for a in element.iterancestors())


def _is_permalink(element: Any) -> bool:  # noqa: ANN401
    """The sign beside a heading that links to it."""
    if element.tag != "a" or not (element.get("href") or "").startswith("#"):
        return False
    text = "".join(element.itertext()).strip()
    return len(text) <= 1 and not text.isalnum()


def _words(element: Any) -> set[str]:  # noqa: ANN401
    """The words of the class names and of the id. A section's id is its heading: it says what the text is about."""
    names = element.get("class") or ""
    if not _is_section(element):
        names += " " + (element.get("id") or "")
    return {word.lower() for word in _WORD.findall(names)}


def _is_section(element: Any) -> bool:  # noqa: ANN401
    """Whether the element is a part of a long text, with a heading of its own."""
    return element.tag == "section" or "section" in (element.get("class") or "").split()


def _count(element: Any) -> int:  # noqa: ANN401
    return _n_words("".join(visible_text(element)))


def _n_words(text: str | None) -> int:
    """Strokes and arrows between links are none."""
    return len(re.findall(r"\w+", text)) if text else 0


def _content(body: Any) -> Any:  # noqa: ANN401
    """The element that the page declares to be its content, if most of what is left stands in it."""
    seen = [element for element in body.iter() if not is_hidden(element)]
    mains = [element for element in seen if element.tag == "main" or element.get("role") == "main"]
    articles = [element for element in seen if element.tag == "article"]
    candidates = mains or (articles if len(articles) == 1 else [])
    if not candidates:
        return body
    best = max(candidates, key=_count)
    return best if _count(best) >= _MOST_OF_IT * _count(body) else body
