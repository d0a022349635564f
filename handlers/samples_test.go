package handlers

import (
	"context"
	"database/sql"
	"net/http"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// A Sample is a row with a member of every type. The tests of what resources share use samples, so that they do not
// depend on the resources of this API.
type Sample struct {
	store.Key
	SampleDraft
	store.Times
}

// A SampleDraft is what callers write of a sample.
type SampleDraft struct {
	Name        string         `db:"name" json:"name" binding:"required,min=1,max=100,excludesrune=\x00"`
	Description string         `db:"description" json:"description" binding:"max=1000,excludesrune=\x00"`
	Note        *string        `db:"note" json:"note" binding:"omitnil,min=1,max=100,excludesrune=\x00"`
	Status      string         `db:"status" json:"status" binding:"oneof=open paid" default:"open"`
	Level       *string        `db:"level" json:"level" binding:"omitnil,oneof=low high"`
	Done        bool           `db:"done" json:"done"`
	Priority    int            `db:"priority" json:"priority" binding:"min=1,max=5" default:"3"`
	Ratio       *float64       `db:"ratio" json:"ratio"`
	Due         *store.Date    `db:"due" json:"due"`
	Amount      *store.Decimal `db:"amount" json:"amount" binding:"omitnil,decimal=12 2"`
	Tags        []string       `db:"tags" json:"tags" binding:"max=3,dive,min=1,max=9"`
	Parent      *string        `db:"parent" json:"parent" ref:"samples"`
}

// sampleTable creates the table of samples, in both kinds of SQL.
const sampleTable = `CREATE TABLE samples (
	id          CHAR(36)  NOT NULL PRIMARY KEY,
	issuer      TEXT      NOT NULL,
	subject     TEXT      NOT NULL,
	client      BOOLEAN   NOT NULL,
	version     BIGINT    NOT NULL,
	name        TEXT      NOT NULL,
	description TEXT      NOT NULL,
	note        TEXT,
	status      TEXT      NOT NULL,
	level       TEXT,
	done        BOOLEAN   NOT NULL,
	priority    BIGINT    NOT NULL,
	ratio       FLOAT,
	due         DATE,
	amount      TEXT,
	tags        TEXT      NOT NULL,
	parent      CHAR(36)  REFERENCES samples (id),
	created_at  TIMESTAMP NOT NULL,
	updated_at  TIMESTAMP NOT NULL
)`

// SampleTable returns the samples in a database, and creates their table.
func SampleTable(ctx context.Context, db *store.DB) (*store.Table[Sample, *Sample], error) {
	return store.NewTable[Sample](db, "samples"), db.Transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			sampleTable, `INSERT INTO last_ids (name, id) VALUES ('samples', '00000000-0000-0000-0000-000000000000')`,
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// A SamplePage is a page of a list of samples.
type SamplePage struct {
	Samples []Sample `json:"samples"`
	NextPage
}

type samples struct{ Resource[Sample, *Sample] }

// ServeSamples declares the routes of samples.
func (a *API) ServeSamples(rows Store[Sample]) {
	h := &samples{newResource(a, "/samples", rows)}
	read, write := a.router.Require("samples:read").Hidden(), a.router.Require("samples:write").Hidden()
	read.GET("/samples", h.list)
	read.GET("/samples/:id", ginauth.With(h.Owned, h.get))
	write.POST("/samples", h.create)
	write.PUT("/samples/:id", ginauth.With(h.Owned, h.replace))
	write.PATCH("/samples/:id", ginauth.With(h.Owned, h.patch))
	write.DELETE("/samples/:id", ginauth.With(h.Owned, h.delete))
	a.router.Group("/admin").Require("samples:read").Role("admin").Hidden().GET("/samples", h.all)
}

func (h *samples) list(c *gin.Context, caller *auth.Principal) error {
	rows, next, err := h.Resource.list(c, caller)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, SamplePage{rows, next})
}

func (h *samples) all(c *gin.Context, _ *auth.Principal) error {
	rows, next, err := h.listAll(c)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, SamplePage{rows, next})
}

func (h *samples) get(c *gin.Context, _ *auth.Principal, row Sample) error {
	return h.Resource.get(c, row)
}

func (h *samples) create(c *gin.Context, caller *auth.Principal) error {
	var row Sample
	if err := h.input.JSON(c, &row.SampleDraft); err != nil {
		return err
	}
	return h.Resource.create(c, caller, row)
}

func (h *samples) replace(c *gin.Context, _ *auth.Principal, row Sample) error {
	row.SampleDraft = SampleDraft{}
	if err := h.input.JSON(c, &row.SampleDraft); err != nil {
		return err
	}
	return h.update(c, row)
}

func (h *samples) patch(c *gin.Context, _ *auth.Principal, row Sample) error {
	if err := h.input.MergePatch(c, &row.SampleDraft); err != nil {
		return err
	}
	return h.update(c, row)
}

func (h *samples) delete(c *gin.Context, _ *auth.Principal, row Sample) error {
	return h.Resource.delete(c, row)
}
