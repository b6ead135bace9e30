// Says at the page's root which language it is in, until it is drawn in another one.

export default function ({ data }) {
  const root = document.documentElement;
  const before = root.lang;
  root.lang = data;
  return () => { root.lang = before; };
}
