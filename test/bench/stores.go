package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
)

// How many items a database has, and what a round sends. A caller may have 1,000 items.
const (
	ownItems    = 200 // of the caller who lists
	pageItems   = 50
	otherItems  = 5000 // of other callers
	creators    = 50
	roundReads  = 2000
	roundWrites = 1000
	peakRounds  = 3
)

// maxGrowth is how much more CPU time an operation may take among many items, of which it needs no
// more than among few.
const maxGrowth = 1.5

// noPostgres is the result on a machine without PostgreSQL.
const noPostgres = "PostgreSQL: not measured: " + serverVariable + " names no server."

// measureStores measures the API with each kind of database against its public route.
func measureStores(ctx context.Context, b *bench, r *report) error {
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("stores: building the server")
	program, err := build(ctx)
	if err != nil {
		return err
	}
	defer program.remove()
	folder, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	urls := []string{"sqlite:" + filepath.Join(folder, "items.db")}
	if b.postgres != "" {
		url, drop, err := createSchema(ctx, b.postgres)
		if err != nil {
			return err
		}
		defer drop()
		urls = append(urls, url)
	}
	var deployments []*deployment
	for k, url := range urls {
		d, err := deploy(ctx, b, program, i, []string{"SQLite", "PostgreSQL"}[k], url)
		if err != nil {
			return err
		}
		defer d.close()
		deployments = append(deployments, d)
	}
	if err := measureDeployments(ctx, b, deployments); err != nil {
		return err
	}
	reportStores(b, r, deployments)
	if b.postgres == "" {
		r.paragraph(noPostgres)
	}
	return nil
}

// measureDeployments measures every deployment with few items, then with many, and then its memory.
func measureDeployments(ctx context.Context, b *bench, deployments []*deployment) error {
	var few, many [][]*operation
	for _, d := range deployments {
		b.progress.Printf("stores: %s", d.name)
		if err := d.fill(d.callers[0], 0); err != nil {
			return err
		}
		few = append(few, d.few.groups()...)
	}
	if err := measure(ctx, b.rounds, few); err != nil {
		return err
	}
	for _, d := range deployments {
		b.progress.Printf("stores: %s, among %s items", d.name, number(b.some(otherItems)))
		if err := d.fill(d.callers[1], b.some(otherItems)); err != nil {
			return err
		}
		many = append(many, d.many.groups()...)
	}
	if err := measure(ctx, b.rounds, many); err != nil {
		return err
	}
	for _, d := range deployments {
		b.progress.Printf("stores: %s, memory", d.name)
		if err := d.measureMemory(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A deployment is the API with one kind of database.
type deployment struct {
	name      string // of the database
	start     func(ctx context.Context) (*server, error)
	server    *server
	load      *load
	callers   []string // tokens of the callers who list: among few items, and among many
	creators  []string // tokens of the callers who create and delete
	few, many workload
	peaks     []int64 // bytes of the public route, a list and a create
}

func deploy(ctx context.Context, b *bench, program *program, i *issuer, name, url string) (*deployment, error) {
	d := &deployment{name: name, callers: []string{i.tokenOf("first"), i.tokenOf("second")}, creators: creatorTokens(i)}
	d.start = func(ctx context.Context) (*server, error) { return program.start(ctx, i, "DATABASE_URL="+url) }
	var err error
	if d.server, err = d.start(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if d.load, err = newLoad(d.server); err != nil {
		d.server.close()
		return nil, err
	}
	d.few, d.many = newWorkload(d.load, b, d.callers[0], d.creators), newWorkload(d.load, b, d.callers[1], d.creators)
	return d, nil
}

func creatorTokens(i *issuer) []string {
	tokens := make([]string, creators)
	for k := range tokens {
		tokens[k] = i.tokenOf(fmt.Sprint("creator-", k))
	}
	return tokens
}

func (d *deployment) close() {
	d.load.close()
	d.server.close()
}

// fill creates items of a caller and of others, in random order.
func (d *deployment) fill(caller string, others int) error {
	requests := creations(caller, ownItems)
	for k := range others {
		requests = append(requests, creation(d.creators[k%creators]))
	}
	rand.Shuffle(len(requests), func(k, l int) { requests[k], requests[l] = requests[l], requests[k] })
	_, err := d.load.run(requests, http.StatusCreated)
	return err
}

// measureMemory measures the peak memory of the public route, a list and a create, each in a process
// that does nothing else.
func (d *deployment) measureMemory(ctx context.Context) error {
	for _, o := range []*operation{d.many.public, d.many.list, d.many.create} {
		peak, err := d.peak(ctx, o)
		if err != nil {
			return err
		}
		d.peaks = append(d.peaks, peak)
	}
	return nil
}

// peak returns the peak memory of a process that handles one operation. The first server deletes what
// it creates.
func (d *deployment) peak(ctx context.Context, o *operation) (int64, error) {
	server, err := d.start(ctx)
	if err != nil {
		return 0, err
	}
	defer server.close()
	l, err := newLoad(server)
	if err != nil {
		return 0, err
	}
	defer l.close()
	for range peakRounds {
		s, err := l.run(o.next(), o.status)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", o.name, err)
		}
		if o == d.many.create {
			o.created = s.created
			if _, err := d.many.remove.run(); err != nil {
				return 0, err
			}
		}
	}
	return memory(server.command.Process.Pid, "VmHWM:")
}

func reportStores(b *bench, r *report, deployments []*deployment) {
	rows := [][]string{append([]string{""}, operationHead...)}
	memory := [][]string{{"", "public", "list", "create", "list", "create"}}
	var targets []target
	for _, d := range deployments {
		for _, o := range []*operation{d.few.list, d.few.create} {
			rows = append(rows, append([]string{d.name + ", alone: " + o.name}, o.row()...))
		}
		for _, o := range d.many.operations() {
			rows = append(rows, append([]string{d.name + ": " + o.name}, o.row()...))
		}
		memory = append(memory, append([]string{d.name}, memoryRow(d.peaks)...))
		targets = append(targets, growth(d.name+", list", d.few.list, d.many.list), growth(d.name+", create", d.few.create, d.many.create))
	}
	r.heading("Items in a database")
	r.paragraph("The built program with %d of %d cores, %d connections that stay open, tokens that it has seen before; RS256. "+
		"A list is a page of %d of the caller's %d items: alone, and then among %s of other callers. "+
		"All writes are on the disk before the response. The CPU is that of the API, without PostgreSQL's own, which runs beside it "+
		"on the same cores. The last four columns are against GET /healthz of the same process in the same round; medians of %d rounds. "+
		"The run fails for every response that is not the expected one.",
		cores(), runtime.NumCPU(), connections, pageItems, ownItems, number(ownItems+b.some(otherItems)), b.rounds)
	r.table(rows...)
	r.paragraph("The peak of resident memory, of a process that handled nothing else; the last two columns are against the public route.")
	r.table(memory...)
	r.targets(targets...)
}

// memoryRow returns the peaks of the public route, a list and a create, and the last two as multiples of
// the first.
func memoryRow(peaks []int64) []string {
	row := each(peaks, megabytes[int64])
	for _, peak := range peaks[1:] {
		row = append(row, ratio(float64(peak)/float64(peaks[0])))
	}
	return row
}

// growth compares the cost of an operation among many items with that among few. Both are multiples of
// the public route, because they were measured at different times.
func growth(name string, few, many *operation) target {
	found := many.ratio(sample.seconds) / few.ratio(sample.seconds)
	return target{"CPU among many items, against few: " + name, ratio(found), "at most " + ratio(maxGrowth), found <= maxGrowth}
}
