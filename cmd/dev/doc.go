// Command dev is make run: the development provider and the API, and a restart of the API on each save.
//
// The provider runs in this process. The API is a process of its own, built from the source in the current
// folder, so that its binary never contains a provider that signs in every user. When the source is saved,
// the API is rebuilt and restarted; the provider keeps running, and users stay signed in. The API stops when
// its standard input ends: this process holds the other end of that pipe, so the API never outlives it.
//
//	settings.go  the configuration, as package config reads it, with what make run sets itself
//	provider.go  the provider, on a loopback address
//	api.go       how the API is built and started
//	process.go   a program that runs: start, stop, wait until it is ready
//	source.go    the files that the API is built from, watched
//	loop.go      one goroutine that acts on saves, on a ready API, and on one that ended
//
// The first start must succeed: before it there is nothing to fall back to. Later, a build that fails
// leaves the last one running, and an API that ends is started again on the next save. What outlives a
// run is in .dev: the binary, the provider's key, and the items, which make reset deletes.
package main
