"use strict";

(() => {
  const form = document.getElementById("question");
  const subject = document.getElementById("subject");
  const identity = document.getElementById("identity");
  const credential = document.getElementById("credential");
  const answer = document.getElementById("answer");

  // element makes an element with children, which are elements and texts. Texts are never read as HTML. Null and
  // empty children are left out.
  const element = (name, attributes, ...children) => {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) e.setAttribute(key, value);
    e.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return e;
  };
  const code = (text) => element("code", null, text);
  const pageOf = (name) => element("a", { href: `../problems/${encodeURIComponent(name)}` }, code(name));

  const uuid = /^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

  // questionOf returns the question that a text is: the instance of a problem, alone or in its body, or else a
  // token, without the start of its header.
  const questionOf = (text) => {
    let instance = text.trim();
    try {
      instance = JSON.parse(instance).instance ?? instance;
    } catch {
      // the text is no body
    }
    const id = uuid.exec(instance);
    if (id) return { instance: `urn:uuid:${id[1].toLowerCase()}` };
    return { token: text.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, "") };
  };

  const marks = { passed: ["✓", "passed"], failed: ["✗", "failed"], skipped: ["–", "skipped"] };

  const checkItem = (check, hint) => {
    const [mark, word] = marks[check.verdict];
    const failed = check.verdict === "failed";
    return element("li", { class: check.verdict },
      element("span", { class: "mark", "aria-hidden": "true" }, mark),
      element("span", { class: "unseen" }, `${word}: `),
      element("strong", null, check.name), " ",
      failed && check.code ? pageOf(check.code) : null,
      failed ? null : element("span", { class: "facts" }, check.actual || (check.expected && `expected: ${check.expected}`)),
      failed ? element("dl", null,
        check.expected ? [element("dt", null, "expected"), element("dd", null, code(check.expected))] : null,
        element("dt", null, "found"), element("dd", null, code(check.actual ?? ""))) : null,
      failed && check.remedy && check.remedy !== hint ? element("p", { class: "remedy" }, check.remedy) : null);
  };

  const json = (title, value) => value === undefined ? [] : [
    element("h3", null, title), element("pre", { tabindex: "0", "aria-label": title }, JSON.stringify(value, null, 2)),
  ];

  const tokenParts = (token, hint) => [
    element("h2", null, "Checks"),
    token.issuer ? element("p", { class: "facts" }, "Checked as a token of ", code(token.issuer)) : null,
    element("ol", { class: "checks" }, token.checks.map((check) => checkItem(check, hint))),
    token.fingerprint ? [
      element("h2", null, "What the token says"),
      token.genuine ? null : element("p", { role: "alert" }, "The signature is not valid: the claims below are not verified."),
      json("Header", token.header), json("Claims", token.claims),
      element("p", { class: "facts" }, "Fingerprint in the log: ", code(token.fingerprint)),
    ] : null,
  ];

  // fix shows what is wrong and what to do, as the response says it. The checks below have the rest, and do not repeat it.
  const fix = ({ detail, hint }) => !hint ? null : element("section", { class: "fix" },
    element("p", null, detail), element("h2", null, "How to fix it"), element("p", null, hint));

  const heading = (...text) => element("h2", { id: "result", tabindex: "-1" }, ...text);

  const showToken = (found) => [
    found.accepted ? heading("This token is accepted") : heading("This token is rejected: ", pageOf(found.code)),
    fix(found), tokenParts(found, found.hint),
  ];

  const showRecord = (record) => [
    heading("This call was rejected: ", pageOf(record.code)),
    element("p", { class: "facts" }, `${record.status} · ${record.method} ${record.route || "no route"} · ${record.time.replace(/\.\d+/, "")}`),
    fix(record),
    element("pre", { tabindex: "0", "aria-label": "What the log says" }, record.err),
    record.issuer ? element("p", { class: "facts" }, `The issuer is ${record.issuer.state}: ${record.issuer.detail}.`) : null,
    record.token ? tokenParts(record.token, record.hint) : null,
  ];

  const showProblem = (problem, question) => {
    if (problem.status === 401 || problem.status === 403) identity.open = true;
    const lost = problem.status === 404 && question.instance;
    return [
      heading("The API rejects the question: ", pageOf(problem.code)),
      element("p", null, lost
        ? "The API has no record of it. It has the latest few hundred until it stops, and of equal ones ten a minute."
        : `${problem.detail} ${problem.hint}`),
    ];
  };

  const show = (parts) => {
    answer.replaceChildren(...parts.flat(3).filter((part) => part !== null));
    answer.hidden = false;
    document.getElementById("result").focus();
  };

  const inspect = async () => {
    const question = questionOf(subject.value);
    const headers = { "Content-Type": "application/json" };
    if (credential.value.trim()) headers.Authorization = `Bearer ${credential.value.trim()}`;
    try {
      const response = await fetch("inspect", { method: "POST", headers, body: JSON.stringify(question), credentials: "omit" });
      const found = await response.json();
      show(response.ok ? (question.instance ? showRecord(found) : showToken(found)) : showProblem(found, question));
    } catch {
      show([heading("The API does not respond")]);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    inspect();
  });

  // The page of operations links here with the instance of a problem. No address has a token: browsers store
  // addresses.
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
