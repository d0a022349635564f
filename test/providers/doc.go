// Package providers tests Gatehouse with providers that really run, as they come out of the box and as the README says
// to configure them: Keycloak, Spring Authorization Server, oidc-provider for Node.js, and glewlwyd.
//
// It needs a JDK (17 or later) with Maven, Node.js with npm, glewlwyd, and Chromium for the test of Swagger UI. Without
// them its tests fail. The providers come from Maven Central, npm and the packages of the system, in versions that are
// pinned here where they can be, and are installed in the folder .dev/providers.
package providers
