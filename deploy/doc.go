// Package deploy holds what runs the API elsewhere: a realm for Keycloak and manifests for Kubernetes.
// Its tests hold them, the Dockerfile, compose.yaml and the workflows to their schemas and to the API.
package deploy
