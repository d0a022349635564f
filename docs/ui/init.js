import { byPathThenMethod, operations } from "./operations.js";
import { ownProvider, showToCallers, signIn } from "./signin.js";

const root = document.getElementById("swagger-ui");
const settings = JSON.parse(root.dataset.settings);

// Swagger UI's dark scheme is a class; the page follows the system.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

document.getElementById("elsewhere").hidden = location.origin + location.pathname === settings.page;

// Swagger UI adds this header to token requests. It needs a preflight, which some providers reject.
const withoutRequestedWith = (request) => {
  delete request.headers?.["X-Requested-With"];
  return request;
};

const ui = SwaggerUIBundle({
  domNode: root,
  url: new URL(settings.protected ? "sign-in.json" : "../openapi.json", location.href).href,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [...signIn, ...operations, ...(settings.providers ? [ownProvider(settings.providers)] : []), ...(settings.protected ? [showToCallers] : [])],
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
  scopes: settings.scopes ?? [],
  additionalQueryStringParams: (!settings.providers && settings.authorizeParams) || {},
  usePkceWithAuthorizationCodeGrant: true,
  useBasicAuthenticationWithAccessCodeGrant: false,
});
