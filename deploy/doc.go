// Package deploy has what runs the API elsewhere. Its tests check these files, the workflows and the links of the
// pages against their schemas and against the API.
package deploy
