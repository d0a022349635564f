(() => {
  const covered = [];
  for (const code of document.querySelectorAll(".highlight-code code, textarea")) {
    const block = code.closest("pre, textarea"), range = document.createRange();
    block.scrollIntoView({ block: "center" });
    range.selectNodeContents(code);
    for (const { left, top, width, height } of range.getClientRects()) {
      const hit = document.elementFromPoint(left + width - 1, top + height / 2);
      if (width > 1 && hit && !block.contains(hit)) covered.push(hit.outerHTML.slice(0, 60));
    }
  }
  return covered;
})()
