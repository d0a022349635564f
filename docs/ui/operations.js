// Plugins of Swagger UI for the list of operations and their responses.

import { problemOf, rejection } from "./rejection.js";

// executeWhenReady hides the button until its operation is loaded. Before that, Swagger UI looks for an operation
// without a name, finds none, and waits for its response for ever.
const executeWhenReady = () => ({
  wrapComponents: {
    execute: (Original, { React: { createElement: h } }) => (props) => props.operation?.size ? h(Original, props) : null,
  },
});

// padlockWhereNeeded shows none for an operation that anonymous callers may call: Swagger UI would show it closed.
const padlockWhereNeeded = () => ({
  wrapComponents: {
    OperationSummary: (Original, { React: { createElement: h } }) => ({ operationProps, ...props }) => {
      const ways = operationProps.get("security");
      const shown = ways?.some((way) => way.isEmpty()) ? operationProps.set("security", ways.clear()) : operationProps;
      return h(Original, { operationProps: shown, ...props });
    },
  },
});

// foldErrors shows the documentation of an error when its line is clicked.
const foldErrors = () => ({
  wrapComponents: {
    response: (Original, { React: { createElement: h, Fragment, useState } }) => (props) => {
      const [open, setOpen] = useState(false);
      if (!/^[45d]/.test(props.code)) return h(Original, props); // 4xx, 5xx, default
      return h(Fragment, null,
        h("tr", { className: "response folded" },
          h("td", { className: "response-col_status" }, props.code),
          h("td", null, h("button", { type: "button", "aria-expanded": open, onClick: () => setOpen(!open) }, props.response.get("description")))),
        open && h(Original, props));
    },
  },
});

// showResponse scrolls to the response of a call, and explains a rejected one.
const showResponse = () => {
  const seen = new WeakSet();
  return {
    wrapComponents: {
      liveResponse: (Original, { React: { createElement: h, useEffect, useRef } }) => ({ response, ...props }) => {
        const here = useRef(null);
        useEffect(() => {
          if (!response || seen.has(response)) return;
          seen.add(response);
          here.current.scrollIntoView();
        }, [response]);
        const problem = response && problemOf(response.get("status"), response.get("text"));
        return h("div", { className: "live", ref: here }, problem && rejection(h, problem), h(Original, { response, ...props }));
      },
    },
  };
};

// Reading operations first, deleting last.
const order = ["get", "head", "post", "put", "patch", "delete", "options", "trace"];
export const byPathThenMethod = (a, b) =>
  a.get("path").localeCompare(b.get("path")) || order.indexOf(a.get("method")) - order.indexOf(b.get("method"));

export const operations = [executeWhenReady, padlockWhereNeeded, foldErrors, showResponse];
