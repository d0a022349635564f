// Package deploy has what runs the API: a compose file, a realm for Keycloak, and manifests for
// Kubernetes. Its tests check these files, the Dockerfile, the dev container and the workflows against
// their schemas and against the API.
package deploy
