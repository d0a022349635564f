package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
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

// A Console is what a command reads and writes, and what it needs of its machine.
type Console struct {
	In       io.Reader
	Out, Err io.Writer           // Err is for people
	Color    bool                // whether Out shows colours
	File     string              // of variables, such as .env
	Env      *config.Environment // with that file; Execute sets it

	Transport http.RoundTripper  // reaches the provider
	Browse    func(string) error // opens an address in a browser
	Cache     string             // the folder where tokens are stored; empty for none
	Patience  time.Duration      // how long a user may take to sign in
	Now       func() time.Time

	// Routes returns the route table of the API that a configuration makes.
	Routes func(*config.Config) ([]ginauth.Route, error)
	// ExplainKey explains what is not a token, or returns nil for a token. Execute sets it, if the commands have one.
	ExplainKey func(context.Context, *config.Config, *auth.Verifier, auth.AccessToken) (*auth.Explanation, error)
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

// Execute runs the command that the arguments name and returns the exit status: 0 for success, 1 for
// failure, and 2 for arguments that are wrong. Commands are a pointer to a struct with tags for kong.
func Execute(ctx context.Context, commands any, args []string, c *Console) int {
	if x, ok := commands.(interface {
		ExplainKey(context.Context, *config.Config, *auth.Verifier, auth.AccessToken) (*auth.Explanation, error)
	}); ok {
		c.ExplainKey = x.ExplainKey
	}
	helped := false
	parser := kong.Must(commands,
		kong.Name("gatehouse"),
		kong.Description("A REST API for callers with access tokens of an OpenID provider. "+
			".env.example describes its configuration. Flags may be written with one dash or two."),
		kong.Writers(c.Out, c.Err),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	command, err := parser.Parse(twoDashes(args))
	switch {
	case helped:
		return 0
	case err != nil:
		fmt.Fprintf(c.Err, "%v\nRun %s -h for help.\n", err, commandOf(err))
		return 2
	}
	if c.Env, err = config.Load(c.File); err == nil {
		err = command.Run(c)
	}
	if err != nil {
		fmt.Fprintln(c.Err, err)
		return 1
	}
	return 0
}

// commandOf returns the command that arguments are wrong for, as far as they name one.
func commandOf(err error) string {
	if wrong, ok := errors.AsType[*kong.ParseError](err); ok {
		if command := wrong.Context.Selected(); command != nil {
			return command.FullPath()
		}
	}
	return "gatehouse"
}

// readWithoutProvider reads the configuration for a command that needs no provider: an issuer or an audience
// that is not set is made up.
func (c *Console) readWithoutProvider() (*config.Config, error) {
	made := map[string]string{"OIDC_ISSUER": "https://unset.invalid", "OIDC_AUDIENCE": "unset"}
	cfg, err := config.Read(func(name string) string { return cmp.Or(c.Env.Get(name), made[name]) })
	return cfg, c.Env.WithTypos(err)
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

// terminal reports whether a file is a terminal.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// browse opens an address in this machine's browser.
func browse(address string) error {
	switch runtime.GOOS {
	case "darwin":
		return exec.Command("open", address).Start()
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", address).Start()
	}
	return exec.Command("xdg-open", address).Start()
}

// HTTPClient returns a client for requests to the provider. It follows no redirects: what it sends is
// meant for one address.
func (c *Console) HTTPClient() *http.Client {
	return &http.Client{
		Timeout:       10 * time.Second,
		Transport:     auth.LimitResponses(c.Transport, 512<<10), // more than any metadata, key set or token response
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// UntilEOF returns a context that is done when ctx is, or when In ends.
func (c *Console) UntilEOF(ctx context.Context) context.Context {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		io.Copy(io.Discard, c.In)
		stop()
	}()
	return ctx
}

// IssuerAdvice says what to do if the provider's metadata names another issuer than the configuration. With the issuer
// alone, a provider whose metadata is elsewhere would not be found any more.
func IssuerAdvice(configured, named string) string {
	return cmp.Or(auth.CompareIssuers(configured, named), "Set OIDC_ISSUER exactly as the provider writes it. If its metadata is not below that, set OIDC_DISCOVERY_URL to its address as well.")
}

// WriteJSON writes a value for programs.
func WriteJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// Private reports whether only its owner can open a file. Windows has permissions elsewhere.
func Private(info os.FileInfo) bool {
	return runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0
}
