package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
)

// How much there is in a database, and what a round sends. The store's limit is 1,000 items of a
// caller.
const (
	ownItems    = 200 // of the caller who lists
	pageItems   = 50
	otherItems  = 5000 // of other callers
	creators    = 50
	roundReads  = 2000
	roundWrites = 1000
	peakRounds  = 3
)

// maxGrowth is how much more CPU time an operation may take among many items, of which it is to
// touch no more than among few.
const maxGrowth = 1.5

// stores measures the API with its items in each kind of database, against its public route.
func stores(ctx context.Context, b *bench, p *page) error {
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("stores: building the server")
	program, err := build(ctx, b.root)
	if err != nil {
		return err
	}
	defer program.remove()
	folder, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	postgres, missing := b.postgres(ctx)
	if missing != nil && !errors.Is(missing, errNoPostgres) {
		return missing
	}
	addresses := []string{"sqlite:" + filepath.Join(folder, "items.db")}
	if missing == nil {
		defer postgres.close()
		addresses = append(addresses, postgres.address)
	}
	var sites []*site
	for k, address := range addresses {
		s, err := startSite(ctx, b, program, i, []string{"SQLite", "PostgreSQL"}[k], address)
		if err != nil {
			return err
		}
		defer s.close()
		sites = append(sites, s)
	}
	if err := measureSites(ctx, b, sites); err != nil {
		return err
	}
	reportSites(b, p, sites)
	if missing != nil {
		p.paragraph("PostgreSQL: %v.", missing)
	}
	return nil
}

// measureSites measures every site with few items in it, then with many, and then its memory.
func measureSites(ctx context.Context, b *bench, sites []*site) error {
	var few, many [][]*visit
	for _, s := range sites {
		b.progress.Printf("stores: %s", s.name)
		if err := s.fill(s.callers[0], 0); err != nil {
			return err
		}
		few = append(few, s.few.groups()...)
	}
	if err := measure(ctx, b.rounds, few); err != nil {
		return err
	}
	for _, s := range sites {
		b.progress.Printf("stores: %s, among %s items", s.name, number(b.some(otherItems)))
		if err := s.fill(s.callers[1], b.some(otherItems)); err != nil {
			return err
		}
		many = append(many, s.many.groups()...)
	}
	if err := measure(ctx, b.rounds, many); err != nil {
		return err
	}
	for _, s := range sites {
		b.progress.Printf("stores: %s, memory", s.name)
		if err := s.measureMemory(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A site is the API with one kind of database.
type site struct {
	name      string // of the database
	start     func(ctx context.Context) (*server, error)
	server    *server
	load      *load
	callers   []string // tokens of those who list: among few items, and among many
	creators  []string // tokens of those who add and delete
	few, many life
	peaks     []int64 // bytes, by visit
}

func startSite(ctx context.Context, b *bench, program *program, i *issuer, name, address string) (*site, error) {
	s := &site{name: name, callers: []string{i.tokenOf("first"), i.tokenOf("second")}, start: func(ctx context.Context) (*server, error) {
		return program.start(ctx, i, "DATABASE_URL="+address)
	}}
	for k := range creators {
		s.creators = append(s.creators, i.tokenOf(fmt.Sprint("creator-", k)))
	}
	var err error
	if s.server, err = s.start(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if s.load, err = newLoad(s.server); err != nil {
		s.server.close()
		return nil, err
	}
	s.few, s.many = newLife(s.load, b, s.callers[0], s.creators), newLife(s.load, b, s.callers[1], s.creators)
	return s, nil
}

func (s *site) close() {
	s.load.close()
	s.server.close()
}

// fill adds items of a caller who lists and of others, in no order.
func (s *site) fill(caller string, others int) error {
	requests := creations(caller, ownItems)
	for k := range others {
		requests = append(requests, creation(s.creators[k%creators]))
	}
	rand.Shuffle(len(requests), func(k, l int) { requests[k], requests[l] = requests[l], requests[k] })
	_, err := s.load.run(requests, http.StatusCreated)
	return err
}

// measureMemory finds the most memory that the public route, a list and a create take, each in a
// process that does nothing else.
func (s *site) measureMemory(ctx context.Context) error {
	for _, v := range []*visit{s.many.public, s.many.list, s.many.create} {
		peak, err := s.peak(ctx, v)
		if err != nil {
			return err
		}
		s.peaks = append(s.peaks, peak)
	}
	return nil
}

// peak returns the memory of a process that answers one kind of request. What was created is
// deleted by another.
func (s *site) peak(ctx context.Context, v *visit) (int64, error) {
	server, err := s.start(ctx)
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
		lap, err := l.run(v.next(), v.status)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", v.name, err)
		}
		if v == s.many.create {
			v.made = lap.made
			if _, err := s.many.remove.run(); err != nil {
				return 0, err
			}
		}
	}
	return peakMemory(server.command.Process.Pid)
}

func reportSites(b *bench, p *page, sites []*site) {
	rows := [][]string{append([]string{""}, visitHead...)}
	memory := [][]string{{"", "public", "list", "create", "list", "create"}}
	var goals []goal
	for _, s := range sites {
		for _, v := range []*visit{s.few.list, s.few.create} {
			rows = append(rows, append([]string{s.name + ", alone: " + v.name}, v.row()...))
		}
		for _, v := range s.many.visits() {
			rows = append(rows, append([]string{s.name + ": " + v.name}, v.row()...))
		}
		memory = append(memory, append([]string{s.name}, memoryRow(s.peaks)...))
		goals = append(goals, growth(s.name+", list", s.few.list, s.many.list), growth(s.name+", create", s.few.create, s.many.create))
	}
	p.heading("Items in a database")
	p.paragraph("The built program with %d of %d cores, %d connections that stay open, tokens that it has seen before; RS256. "+
		"A list is a page of %d of the caller's %d items: alone, and then among %s of other callers. "+
		"All writes are on the disk before they are answered. The CPU is that of the API, without PostgreSQL's own, which runs beside it "+
		"on the same cores. The last four columns are against GET /healthz of the same process in the same round; medians of %d rounds. "+
		"Any other answer than the one expected makes the run fail.",
		cores(), runtime.NumCPU(), connections, pageItems, ownItems, number(ownItems+b.some(otherItems)), b.rounds)
	p.table(rows...)
	p.paragraph("The most memory that was resident, of a process that answered nothing else; the last two columns are against the public route.")
	p.table(memory...)
	p.goals(goals...)
}

// memoryRow returns the memory of the public route, a list and a create, and the ratios of the last
// two to the first.
func memoryRow(peaks []int64) []string {
	row := each(peaks, func(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) })
	for _, peak := range peaks[1:] {
		row = append(row, times(float64(peak)/float64(peaks[0])))
	}
	return row
}

// growth compares what an operation costs among many items with what it costs among few. Both are
// multiples of the public route, because they were measured at different times.
func growth(name string, few, many *visit) goal {
	ratio := many.ratio(lap.seconds) / few.ratio(lap.seconds)
	return goal{"CPU among many items, against few: " + name, times(ratio), "at most " + times(maxGrowth), ratio <= maxGrowth}
}
