"use strict";

(() => {
  const form = document.getElementById("question");
  const subject = document.getElementById("subject");
  const identity = document.getElementById("identity");
  const credential = document.getElementById("credential");
  const answer = document.getElementById("answer");

  // element makes one whose children are elements and texts; what is null is left out. A text is never
  // read as HTML.
  const element = (name, attributes, ...children) => {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) e.setAttribute(key, value);
    e.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return e;
  };
  const code = (text) => element("code", null, text);
  const pageOf = (name) => element("a", { href: `/problems/${encodeURIComponent(name)}` }, code(name));

  const uuid = /^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

  // ask returns what the text is about: the instance of a refusal, also out of its body, or else a token,
  // without what stands before it in a header.
  const ask = (text) => {
    let instance = text.trim();
    try {
      instance = JSON.parse(instance).instance ?? instance;
    } catch {
      // it is no body
    }
    const id = uuid.exec(instance);
    if (id) return { instance: `urn:uuid:${id[1].toLowerCase()}` };
    return { token: text.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, "") };
  };

  const marks = { passed: ["✓", "passed"], failed: ["✗", "failed"], skipped: ["–", "not judged"] };

  const checkItem = (check) => {
    const [mark, word] = marks[check.verdict];
    const failed = check.verdict === "failed";
    return element("li", { class: check.verdict },
      element("span", { class: "mark", "aria-hidden": "true" }, mark),
      element("span", { class: "unseen" }, `${word}: `),
      element("strong", null, check.name), " ",
      failed && check.code ? pageOf(check.code) : null,
      failed ? null : element("span", { class: "facts" }, check.actual),
      failed ? element("dl", null,
        element("dt", null, "expected"), element("dd", null, code(check.expected ?? "")),
        element("dt", null, "found"), element("dd", null, code(check.actual ?? ""))) : null,
      failed && check.remedy ? element("p", { class: "remedy" }, check.remedy) : null);
  };

  const json = (title, value) => value === undefined ? [] : [
    element("h3", null, title), element("pre", { tabindex: "0", "aria-label": title }, JSON.stringify(value, null, 2)),
  ];

  const tokenParts = (token) => [
    element("h2", null, "Checks"),
    element("ol", { class: "checks" }, token.checks.map(checkItem)),
    token.fingerprint ? [
      element("h2", null, "What the token says"),
      token.genuine ? null : element("p", { role: "alert" }, "Its signature was not found good: this is anybody's word."),
      json("Header", token.header), json("Claims", token.claims),
      element("p", { class: "facts" }, "Its fingerprint in the log: ", code(token.fingerprint)),
    ] : null,
  ];

  // mend shows first what to do, which stands below, at the check that asks for it, too.
  const mend = (hint, checks) => {
    const advice = [hint, ...(checks ?? []).map((check) => check.remedy)].filter(Boolean);
    return advice.length === 0 ? null : element("section", { class: "mend" },
      element("h2", null, "How to mend it"), advice.map((text) => element("p", null, text)));
  };

  const verdict = (...text) => element("h2", { id: "verdict", tabindex: "-1" }, ...text);

  const showToken = (found) => [
    found.accepted ? verdict("This token is accepted") : verdict("This token is refused: ", pageOf(found.code)),
    mend(found.hint, found.checks), tokenParts(found),
  ];

  const showRecord = (record) => [
    verdict("This call was refused: ", pageOf(record.code)),
    element("p", { class: "facts" }, `${record.status} · ${record.method} ${record.route || "no route"} · ${record.time.replace(/\.\d+/, "")}`),
    mend(record.hint, record.token?.checks),
    element("pre", { tabindex: "0", "aria-label": "What the log says" }, record.err),
    record.issuer ? element("p", { class: "facts" }, `The issuer is ${record.issuer.state}: ${record.issuer.detail}.`) : null,
    record.token ? tokenParts(record.token) : null,
  ];

  const showProblem = (problem, question) => {
    if (problem.status === 401 || problem.status === 403) identity.open = true;
    const lost = problem.status === 404 && question.instance;
    return [
      verdict("This was not answered: ", pageOf(problem.code)),
      element("p", null, lost
        ? "There is no record of it. The latest few hundred are kept until the API ends, and of what repeats, ten a minute."
        : `${problem.detail} ${problem.hint}`),
    ];
  };

  const show = (parts) => {
    answer.replaceChildren(...parts.flat(3).filter((part) => part !== null));
    answer.hidden = false;
    document.getElementById("verdict").focus();
  };

  const inspect = async () => {
    const question = ask(subject.value);
    const headers = { "Content-Type": "application/json" };
    if (credential.value.trim()) headers.Authorization = `Bearer ${credential.value.trim()}`;
    try {
      const response = await fetch("/docs/inspect", { method: "POST", headers, body: JSON.stringify(question), credentials: "omit" });
      const found = await response.json();
      show(response.ok ? (question.instance ? showRecord(found) : showToken(found)) : showProblem(found, question));
    } catch {
      show([verdict("The API does not answer")]);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    inspect();
  });

  // A refused call links here with its instance. A token never stands in an address: addresses are kept.
  const follow = () => {
    const instance = decodeURIComponent(location.hash.slice(1));
    if (uuid.test(instance)) {
      subject.value = instance;
      inspect();
    }
  };
  addEventListener("hashchange", follow);
  follow();
})();
