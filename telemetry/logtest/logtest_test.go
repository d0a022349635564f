package logtest_test

import (
	"log/slog"
	"sync"
	"testing"

	"example.com/gatehouse/telemetry/logtest"
)

func TestRecordsHaveTheMessage(t *testing.T) {
	var log logtest.Buffer
	log.Logger().Info("stored", "id", 1)
	log.Logger().Debug("stored", "id", 2)
	log.Logger().Info("deleted", "id", 1)
	records := log.Records(t, "stored")
	if len(records) != 2 || records[0]["id"] != 1.0 || records[1]["level"] != "DEBUG" {
		t.Errorf("the records are %v", records)
	}
	if log.Reset(); len(log.Records(t, "stored")) != 0 || log.String() != "" {
		t.Errorf("after Reset the log has %s", &log)
	}
}

func TestAwaitReturnsALaterRecord(t *testing.T) {
	var log logtest.Buffer
	go func() {
		log.Logger().Info("starting")
		log.Logger().Info("listening", "addr", "127.0.0.1:1")
	}()
	if record := log.Await(t, "listening"); record["addr"] != "127.0.0.1:1" {
		t.Errorf("the record is %v", record)
	}
}

func TestABufferIsSafeForConcurrentUse(t *testing.T) {
	var log logtest.Buffer
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				log.Logger().LogAttrs(t.Context(), slog.LevelInfo, "stored")
				log.Records(t, "deleted")
			}
		})
	}
	all.Wait()
	if n := len(log.Records(t, "stored")); n != 200 {
		t.Errorf("the log has %d records, want 200", n)
	}
}
