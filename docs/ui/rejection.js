// problemOf returns the problem that a response carries, or null.
export const problemOf = (status, text) => {
  try {
    const problem = JSON.parse(text);
    return status >= 400 && /^[a-z0-9-]+$/.test(problem.code) ? problem : null;
  } catch {
    return null;
  }
};

// rejection shows what is wrong, how to fix it, and links to the explanation. h makes an element, as React's
// createElement does, and writes every value as text.
export const rejection = (h, problem) => h("div", { className: "rejection", role: "status" },
  h("p", null,
    h("strong", null, `${problem.status} `),
    h("a", { href: `../problems/${problem.code}` }, problem.code),
    " ", h("a", { href: `inspect#${problem.instance}` }, "inspect"), // part:inspector
  ),
  h("p", null, `${problem.detail} ${problem.hint}`));
