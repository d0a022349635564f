// Plugins of Swagger UI for the dialog in which callers sign in.

import { problemOf, rejection } from "./rejection.js";

// tokenOf returns the token that is sent with calls, or undefined.
const tokenOf = (authorized) =>
  authorized.valueSeq().map((scheme) => scheme.getIn(["token", "access_token"])).find(Boolean) ?? authorized.getIn(["bearer", "value"]);

// subjectOf returns the subject of a JSON Web Token. Its claims are not verified: the API does that.
const subjectOf = (token) => {
  try {
    const claims = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(claims, (c) => c.charCodeAt(0)))).sub;
  } catch {
    return undefined;
  }
};

// oneWayToSignIn shows OAuth 2.0 first, and without OpenID Connect: its metadata leads to the same sign-in, and Swagger
// UI would list it once for every grant type of the provider.
const oneWayToSignIn = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateSpec: (act) => (text) => {
          try {
            const description = JSON.parse(text);
            const schemes = Object.entries(description.components.securitySchemes).filter(([name]) => !name.startsWith("openIdConnect"));
            schemes.sort(([a], [b]) => b.startsWith("oauth2") - a.startsWith("oauth2"));
            description.components.securitySchemes = Object.fromEntries(schemes);
            return act(JSON.stringify(description));
          } catch {
            return act(text); // not a document: Swagger UI reports that
          }
        },
      },
    },
  },
});

// ownProvider gives each of several providers its own client, scopes and parameters, by the name of its scheme. The request
// for the token has no parameters: Swagger UI knows only those of all providers.
export const ownProvider = (providers) => () => ({
  wrapComponents: {
    oauth2: (Original, { React: { createElement: h } }) => (props) => {
      const { clientId, scopes, authorizeParams } = providers[props.name] ?? {};
      const configs = { ...props.authSelectors.getConfigs(), clientId, scopes, additionalQueryStringParams: authorizeParams ?? {} };
      return h(Original, { ...props, authSelectors: { ...props.authSelectors, getConfigs: () => configs } });
    },
  },
});

// modalDialog keeps the focus in the dialog while it is open, and begins at the button that signs in.
const modalDialog = () => ({
  wrapComponents: {
    authorizationPopup: (Original, { React: { createElement: h, useLayoutEffect, useRef }, authActions }) => (props) => {
      const dialog = useRef(null);
      useLayoutEffect(() => {
        const opened = dialog.current;
        opened.showModal();
        opened.querySelector(".authorize, .btn-done")?.focus();
        return () => opened.close(); // gives the focus back
      }, []);
      const cancel = (event) => {
        event.preventDefault();
        authActions.showDefinitions(false);
      };
      // From the last element the focus goes to the first: a browser moves it to its own buttons.
      const cycle = (event) => {
        const stops = [...dialog.current.querySelectorAll("button, input")].filter((e) => e.checkVisibility());
        const [from, to] = event.shiftKey ? [stops.at(0), stops.at(-1)] : [stops.at(-1), stops.at(0)];
        if (event.key !== "Tab" || document.activeElement !== from) return;
        event.preventDefault();
        to.focus();
      };
      return h("dialog", { ref: dialog, "aria-label": "Available authorizations", onCancel: cancel, onKeyDown: cycle }, h(Original, props));
    },
    // The field for a pasted token does not take the focus: signing in is above it.
    Input: (Original, { React: { createElement: h } }) => ({ autoFocus, ...props }) => h(Original, props),
  },
});

// closeWhenSignedIn closes the dialog after a sign-in, and says beside its button who is signed in.
const closeWhenSignedIn = () => {
  const close = (act, { authActions }) => (...args) => {
    act(...args);
    authActions.showDefinitions(false);
  };
  return {
    statePlugins: { auth: { wrapActions: { authorize: close, authorizeOauth2: close } } },
    wrapComponents: {
      authorizeBtn: (Original, { React: { createElement: h, Fragment }, authSelectors }) => (props) => {
        const authorized = authSelectors.authorized();
        const token = tokenOf(authorized);
        const subject = token && subjectOf(token);
        const others = authorized.size > 0 && "Credentials are set";
        return h(Fragment, null, h(Original, props), h("p", { id: "caller", role: "status" },
          subject ? ["Signed in as ", h("strong", { key: subject }, subject)] : token ? "A token is set" : others));
      },
    },
  };
};

// element makes an element of the page, outside React.
const element = (name, properties, ...children) => {
  const e = Object.assign(document.createElement(name), properties);
  e.append(...children);
  return e;
};

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

// showToCallers shows a protected document from sign-in to sign-out. Before and after, Swagger UI has the document
// that describes how to sign in.
export const showToCallers = () => {
  const rejected = document.getElementById("rejected");
  let signIn, current;

  const follow = (act, { authSelectors, specActions, specSelectors }) => async (...args) => {
    act(...args);
    const token = tokenOf(authSelectors.authorized());
    if (token === current) return;
    current = token;
    signIn ??= specSelectors.specStr();
    const { text = signIn, error = "" } = token ? await documentFor(token) : {};
    if (token !== current) return; // the token has changed meanwhile
    specActions.updateSpec(text);
    rejected.replaceChildren(error);
  };

  return {
    statePlugins: { auth: { wrapActions: { authorize: follow, authorizeOauth2: follow, logout: follow } } },
    wrapComponents: {
      // Without operations, Swagger UI would show an empty list.
      operations: (Original, { React: { createElement: h } }) => (props) => props.specSelectors.taggedOperations().size ? h(Original, props) : null,
    },
  };
};

export const signIn = [oneWayToSignIn, modalDialog, closeWhenSignedIn];
