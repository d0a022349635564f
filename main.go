// Command gatehouse is a REST API whose callers authenticate with access tokens of an OpenID provider, and the
// tools around it: gatehouse -h lists them.
//
// It reads its configuration from the environment and from the file .env, if there is one. The file
// .env.example describes every variable.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"example.com/gatehouse/cli"
	"example.com/gatehouse/cli/doctor"
	"example.com/gatehouse/cli/keys"
	"example.com/gatehouse/cli/token"
	"example.com/gatehouse/handlers"
)

// @title			Gatehouse
// @version		1.0
// @description	An API behind an OpenID provider. Press **Authorize** to sign in, then try an operation out.
// @description	Every error is a problem (RFC 9457) whose `code` is explained at [/problems](/problems).
// @contact.name	Gatehouse
// @license.name	MIT
// @license.url	https://opensource.org/license/mit
// @tag.name		items
// @tag.description	The items of the caller. No other caller sees or changes them.
// @tag.name		me
// @tag.description	The caller, as its token and the provider describe it.
// @tag.name		keys
// @tag.description	The API keys of the caller, for its programs.
// @tag.name		admin
// @tag.description	For callers with the role admin.
// @tag.name		service
// @tag.description	The API itself: where to begin, its health, the meaning of its problems.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	console := cli.NewConsole()
	console.Routes = handlers.Table
	status := cli.Execute(ctx, &commandLine{}, os.Args[1:], console)
	stop()
	os.Exit(status)
}

// A commandLine has the commands of the program.
type commandLine struct {
	Serve   serveCommand   `cmd:"" default:"1" help:"Serve the API. This is the default command."`
	Explain cli.Explain    `cmd:"" help:"Explain why a token is accepted or rejected, check by check."`
	Token   token.Command  `cmd:"" help:"Print an access token, for curl."`
	Doctor  doctor.Command `cmd:"" help:"Check the configuration and the provider that it names."`
	Routes  cli.Routes     `cmd:"" help:"Print every route and what it requires of its caller."`
	Migrate cli.Migrate    `cmd:"" help:"Bring the schema of the database up to date, for an API whose user may not create tables."`
	Revoke  cli.Revoke     `cmd:"" help:"Revoke the tokens of a subject or a session, or one token, at every instance of the API."` // part:revocation
	Health  cli.Health     `cmd:"" help:"Check whether the API on this machine is alive, for health checks of containers."`

	keys.Commands `embed:""` // part:keys
}
