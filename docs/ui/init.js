"use strict";

(() => {
  const root = document.getElementById("swagger-ui");
  const settings = JSON.parse(root.dataset.settings);

  // Swagger UI's dark scheme is a class; the page follows the system.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  document.getElementById("elsewhere").hidden = location.origin === settings.origin;

  // Swagger UI adds this header to token requests. It forces a preflight that some providers refuse.
  const withoutRequestedWith = (request) => {
    delete request.headers?.["X-Requested-With"];
    return request;
  };

  // problemOf returns the problem that a response carries, or null.
  const problemOf = (response) => {
    try {
      const problem = JSON.parse(response.get("text"));
      return response.get("status") >= 400 && /^[a-z0-9-]+$/.test(problem.code) ? problem : null;
    } catch {
      return null;
    }
  };

  // signInFirst takes the focus from the field for a token of one's own: signing in stands above it.
  const signInFirst = () => ({
    wrapComponents: {
      Input: (Original, { React: { createElement: h } }) => ({ autoFocus, ...props }) => h(Original, props),
    },
  });

  // executeWhenReady keeps the button away until its operation is read. Before that, Swagger UI looks for an
  // operation without a name, finds none, and waits for its answer for ever.
  const executeWhenReady = () => ({
    wrapComponents: {
      execute: (Original, { React: { createElement: h } }) => (props) => props.operation?.size ? h(Original, props) : null,
    },
  });

  // explainRefusals shows above a refused call's response what is wrong, how to mend it, and the page
  // of its code. React writes every value as text.
  const explainRefusals = () => ({
    wrapComponents: {
      liveResponse: (Original, { React: { createElement: h, Fragment } }) => (props) => {
        const problem = props.response && problemOf(props.response);
        return h(Fragment, null,
          problem && h("div", { className: "refusal", role: "status" },
            h("p", null,
              h("strong", null, `${problem.status} `),
              h("a", { href: `../problems/${problem.code}` }, problem.code), " ",
              h("a", { href: `inspect#${problem.instance}` }, "inspect")),
            h("p", null, `${problem.detail} ${problem.hint}`)),
          h(Original, props));
      },
    },
  });

  // Reading comes before writing, and deleting last.
  const order = ["get", "head", "post", "put", "patch", "delete", "options", "trace"];
  const byPathThenMethod = (a, b) =>
    a.get("path").localeCompare(b.get("path")) || order.indexOf(a.get("method")) - order.indexOf(b.get("method"));

  const ui = SwaggerUIBundle({
    domNode: root,
    url: new URL("../openapi.json", location.href).href,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [signInFirst, executeWhenReady, explainRefusals],
    layout: "BaseLayout",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    operationsSorter: byPathThenMethod,
    persistAuthorization: false,
    validatorUrl: null,
    oauth2RedirectUrl: new URL("oauth2-redirect.html", location.href).href,
    requestInterceptor: withoutRequestedWith,
  });
  ui.initOAuth({
    clientId: settings.clientId,
    scopes: settings.scopes,
    additionalQueryStringParams: settings.authorizeParams ?? {},
    usePkceWithAuthorizationCodeGrant: true,
    useBasicAuthenticationWithAccessCodeGrant: false,
  });
})();
