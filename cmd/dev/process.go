package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"time"
)

// A process is a program that was started.
type process struct {
	command *exec.Cmd
	stdin   io.Closer     // stops the program when it is closed
	ended   chan struct{} // closed when it has ended
	err     error         // why; to be read after that
}

// startProcess starts a program that stops when its standard input ends, and so when this process ends,
// even if it is killed.
func startProcess(binary string, environment []string, out io.Writer) (p *process, err error) {
	p = &process{command: exec.Command(binary), ended: make(chan struct{})}
	p.command.Env = environment
	p.command.Stdout, p.command.Stderr = out, out
	p.command.WaitDelay = time.Second // for processes that it started and did not end
	if p.stdin, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		if p.err = p.command.Wait(); p.err == nil {
			p.err = errors.New("without an error")
		}
		close(p.ended)
	}()
	return p, nil
}

// stop ends the program's standard input, and kills it if it has not ended after the grace period. Windows
// has no signal that asks a program to end.
func (p *process) stop(grace time.Duration) {
	p.stdin.Close()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		p.command.Process.Kill()
		<-p.ended
	}
}

// ready returns a channel that is closed once the address returns 200. It asks until then, or until ctx is
// done.
func ready(ctx context.Context, address string) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for !isReady(ctx, address) {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		close(done)
	}()
	return done
}

func isReady(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	request.Close = true // an idle connection would delay a graceful stop
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}
