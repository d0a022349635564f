// Package cli has the commands beside serving: what they share, and those that are one file. The larger ones
// are packages of their own, doctor and token; main puts them together.
package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"github.com/alecthomas/kong"
)

// A Console is what a command reads and writes, and what it needs of the machine that it runs on.
type Console struct {
	In       io.Reader
	Out, Err io.Writer // Err is for people
	Color    bool      // whether Out shows colours
	File     string    // stands behind the environment: see [config.Environment]
	Getenv   func(string) string

	Transport http.RoundTripper  // reaches the provider
	Browse    func(string) error // shows an address in a browser
	Cache     string             // the folder where tokens are stored; empty for none
	Patience  time.Duration      // how long the user may take to sign in
	Now       func() time.Time

	// Routes returns the route table of the API that a configuration makes.
	Routes func(*config.Config) ([]ginauth.Route, error)
}

// NewConsole returns the console of this process.
func NewConsole() *Console {
	c := &Console{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Color: terminal(os.Stdout) && os.Getenv("NO_COLOR") == "", File: ".env",
		Transport: http.DefaultTransport, Browse: browse, Patience: 5 * time.Minute, Now: time.Now,
	}
	if dir, err := os.UserCacheDir(); err == nil {
		c.Cache = filepath.Join(dir, "gatehouse")
	}
	return c
}

// Execute does what the arguments ask for and returns the exit status: 0 when it went well, 1 when
// it did not, and 2 when the arguments ask for nothing that there is.
func Execute(ctx context.Context, commands any, args []string, c *Console) int {
	helped := false
	parser := kong.Must(commands,
		kong.Name("gatehouse"),
		kong.Description("A REST API whose callers come with access tokens of an OpenID provider. "+
			"Its configuration is described in .env.example. Flags may be written with one dash or two."),
		kong.Writers(c.Out, c.Err),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	parsed, err := parser.Parse(twoDashes(args))
	switch {
	case helped:
		return 0
	case err != nil:
		fmt.Fprintf(c.Err, "%v\ngatehouse -h lists what there is\n", err)
		return 2
	}
	if c.Getenv, err = config.Environment(c.File); err == nil {
		err = parsed.Run(c)
	}
	if err != nil {
		fmt.Fprintln(c.Err, err)
		return 1
	}
	return 0
}

// twoDashes returns the arguments with flags as kong reads them. One dash is enough, as it is for the
// go command; the only flag of one letter is -h.
func twoDashes(args []string) []string {
	var all []string
	for i, arg := range args {
		if arg == "--" {
			return append(all, args[i:]...)
		}
		if len(arg) > 2 && arg[0] == '-' && arg[1] != '-' {
			arg = "-" + arg
		}
		all = append(all, arg)
	}
	return all
}

// terminal reports whether a person reads what is written to f.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// browse shows an address in the browser of whoever sits at this machine.
func browse(address string) error {
	opener := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		opener = []string{"open"}
	case "windows":
		opener = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	return exec.Command(opener[0], append(opener[1:], address)...).Start()
}

// HTTPClient returns a client for talking to the provider. It follows no redirects: what it sends is
// meant for one address.
func (c *Console) HTTPClient() *http.Client {
	return &http.Client{
		Timeout:       10 * time.Second,
		Transport:     auth.LimitResponses(c.Transport, 512<<10), // more than any metadata, key set or token response
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Private reports whether nobody but its owner may open a file. Windows keeps permissions elsewhere.
func Private(info os.FileInfo) bool {
	return runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0
}

// WriteJSON writes a value for programs.
func WriteJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
