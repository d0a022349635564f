package cli

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.com/gatehouse/config"
)

// Health is the command that asks the API on this machine whether it is alive, for an image that has no
// other program.
type Health struct{}

// Run returns an error unless /healthz returns 200 within two seconds.
func (Health) Run(ctx context.Context, c *Console) error {
	cfg, _ := config.Read(c.Env.Get) // only ADDR matters
	address, err := config.LocalAddr(cfg.Addr)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	client := c.HTTPClient()
	client.Transport = &http.Transport{DisableKeepAlives: true} // not through the environment's proxy
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s returns %s", request.URL, response.Status)
	}
	return nil
}
