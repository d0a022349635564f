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

  // Swagger UI adds this header to token requests. It needs a preflight, which some providers reject.
  const withoutRequestedWith = (request) => {
    delete request.headers?.["X-Requested-With"];
    return request;
  };

  // problemOf returns the problem that a response carries, or null.
  const problemOf = (status, text) => {
    try {
      const problem = JSON.parse(text);
      return status >= 400 && /^[a-z0-9-]+$/.test(problem.code) ? problem : null;
    } catch {
      return null;
    }
  };

  // rejection shows what is wrong, how to fix it, and links to the explanation. h makes an element, as React's
  // createElement does, and writes every value as text.
  const rejection = (h, problem) => h("div", { className: "refusal", role: "status" },
    h("p", null,
      h("strong", null, `${problem.status} `),
      h("a", { href: `../problems/${problem.code}` }, problem.code), " ",
      h("a", { href: `inspect#${problem.instance}` }, "inspect")),
    h("p", null, `${problem.detail} ${problem.hint}`));

  // signInFirst removes the focus from the field for a pasted token: signing in is above it.
  const signInFirst = () => ({
    wrapComponents: {
      Input: (Original, { React: { createElement: h } }) => ({ autoFocus, ...props }) => h(Original, props),
    },
  });

  // executeWhenReady hides the button until its operation is loaded. Before that, Swagger UI looks for an operation
  // without a name, finds none, and waits for its response for ever.
  const executeWhenReady = () => ({
    wrapComponents: {
      execute: (Original, { React: { createElement: h } }) => (props) => props.operation?.size ? h(Original, props) : null,
    },
  });

  // oneWayToSignIn removes OpenID Connect from the dialog: its metadata leads to the same sign-in as oauth2, and
  // Swagger UI would list it once for every grant type of the provider.
  const oneWayToSignIn = () => ({
    statePlugins: {
      spec: {
        wrapActions: {
          updateSpec: (act) => (text) => {
            try {
              const description = JSON.parse(text);
              delete description.components.securitySchemes.openIdConnect;
              return act(JSON.stringify(description));
            } catch {
              return act(text); // not a document: Swagger UI reports that
            }
          },
        },
      },
    },
  });

  // explainRejections adds an explanation above the response to a rejected call.
  const explainRejections = () => ({
    wrapComponents: {
      liveResponse: (Original, { React: { createElement: h, Fragment } }) => ({ response, ...props }) => {
        const problem = response && problemOf(response.get("status"), response.get("text"));
        return h(Fragment, null, problem && rejection(h, problem), h(Original, { response, ...props }));
      },
    },
  });

  // element makes an element of the page, outside React.
  const element = (name, properties, ...children) => {
    const e = Object.assign(document.createElement(name), properties);
    e.append(...children);
    return e;
  };

  // showToCallers shows a protected document from sign-in to sign-out. Before and after, Swagger UI has the document
  // that describes how to sign in.
  const showToCallers = () => {
    const refused = document.getElementById("refused");
    let signIn, current;

    const tokenOf = (authorized) => authorized.getIn(["oauth2", "token", "access_token"]) ?? authorized.getIn(["bearer", "value"]);

    const documentFor = async (token) => {
      try {
        const response = await fetch("../openapi.json", { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" });
        const text = await response.text();
        const problem = problemOf(response.status, text);
        if (response.ok) return { text };
        return { error: problem ? rejection(element, problem) : element("p", { role: "alert" }, `The API responds with ${response.status}.`) };
      } catch {
        return { error: element("p", { role: "alert" }, "The API does not respond.") };
      }
    };

    const follow = (act, { authSelectors, specActions, specSelectors }) => async (...args) => {
      act(...args);
      const token = tokenOf(authSelectors.authorized());
      if (token === current) return;
      current = token;
      signIn ??= specSelectors.specStr();
      const { text = signIn, error = "" } = token ? await documentFor(token) : {};
      if (token !== current) return; // the token has changed meanwhile
      specActions.updateSpec(text);
      refused.replaceChildren(error);
    };

    return {
      statePlugins: { auth: { wrapActions: { authorize: follow, authorizeOauth2: follow, logout: follow } } },
      wrapComponents: {
        // Without operations, Swagger UI would show an empty list.
        operations: (Original, { React: { createElement: h } }) => (props) => props.specSelectors.taggedOperations().size ? h(Original, props) : null,
      },
    };
  };

  // Reading operations first, deleting last.
  const order = ["get", "head", "post", "put", "patch", "delete", "options", "trace"];
  const byPathThenMethod = (a, b) =>
    a.get("path").localeCompare(b.get("path")) || order.indexOf(a.get("method")) - order.indexOf(b.get("method"));

  const ui = SwaggerUIBundle({
    domNode: root,
    url: new URL(settings.protected ? "sign-in.json" : "../openapi.json", location.href).href,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [signInFirst, oneWayToSignIn, executeWhenReady, explainRejections, ...(settings.protected ? [showToCallers] : [])],
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
