// Returns the luminance of the page's background, how much wider the page is than the window, and the texts with
// a contrast below 4.5, or below 3 if they are large (WCAG 2.2, success criterion 1.4.3).
(async () => {
  const channels = (color) => {
    const [r, g, b, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { r, g, b, alpha };
  };
  const over = (top, below) => Object.fromEntries(["r", "g", "b"].map((c) => [c, top[c] * top.alpha + below[c] * (1 - top.alpha)]));

  // background returns the colour behind an element's text.
  const background = (element) => {
    if (!element) return { r: 255, g: 255, b: 255 };
    const own = channels(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own : over(own, background(element.parentElement));
  };
  const linear = (value) => value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ({ r, g, b }) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const opacity = (element) => element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1;

  const faint = ({ parentElement: element, data }) => {
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const required = size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 3 : 4.5;
    const [color, behind] = [channels(style.color), background(element)];
    const found = contrast(over({ ...color, alpha: color.alpha * opacity(element) }, behind), behind);
    return found < required ? `${element.localName}.${element.className} "${data.trim().slice(0, 30)}" has a contrast of ${found.toFixed(2)}` : [];
  };

  await Promise.allSettled(document.getAnimations().map((transition) => transition.finished));
  const texts = [];
  for (const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walker.nextNode();) {
    const node = walker.currentNode;
    if (node.data.trim() && node.parentElement.checkVisibility({ visibilityProperty: true, opacityProperty: true })) texts.push(node);
  }
  const root = document.documentElement;
  return {
    luminance: luminance(background(document.body)),
    excess: root.scrollWidth - root.clientWidth,
    faint: [...new Set(texts.flatMap(faint))],
  };
})();
