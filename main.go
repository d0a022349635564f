// Command gatehouse is a REST API whose callers come with access tokens of an OpenID provider, and
// the tools around it: gatehouse -h lists them.
//
// It reads its configuration from the environment, and from the file .env where there is one; the
// file .env.example names every variable.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"example.com/gatehouse/cli"
	"example.com/gatehouse/cli/doctor"
	"example.com/gatehouse/cli/token"
)

// @title			Gatehouse
// @version		1.0
// @description	An API behind an OpenID provider. Press **Authorize** to sign in, then try an operation out.
// @description	Every error is a problem (RFC 9457) whose `code` is explained at [/problems](/problems).
// @contact.name	Gatehouse
// @contact.url	http://localhost:8080/
// @license.name	MIT
// @license.url	https://opensource.org/license/mit
// @tag.name		items
// @tag.description	What callers keep here: each sees and changes only its own.
// @tag.name		me
// @tag.description	What the API knows of its caller.
// @tag.name		admin
// @tag.description	For callers with the role admin.
// @tag.name		service
// @tag.description	The API itself: where to begin, how it is, what its problems mean.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	console := cli.NewConsole()
	console.Routes = routes
	status := cli.Execute(ctx, &commandLine{}, os.Args[1:], console)
	stop()
	os.Exit(status)
}

// A commandLine is all that can be asked of the program.
type commandLine struct {
	Serve   serveCommand   `cmd:"" default:"1" help:"Serve the API. This is what no command means."`
	Explain cli.Explain    `cmd:"" help:"Say why a token is accepted or rejected, check by check."`
	Token   token.Command  `cmd:"" help:"Print an access token, for curl."`
	Doctor  doctor.Command `cmd:"" help:"Check the configuration, and the provider that it names."`
	Routes  cli.Routes     `cmd:"" help:"Print every route and what it asks of its caller."`
	Health  cli.Health     `cmd:"" help:"Ask the API on this machine whether it is alive, for health checks of containers."`
}
