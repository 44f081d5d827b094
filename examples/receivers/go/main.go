// A webhook receiver with nothing but Go: WEBHOOK_SECRET=whsec_… PORT=9000 go run main.go
package main

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var secret = []byte(os.Getenv("WEBHOOK_SECRET"))

// The header is `t=<unix seconds>,v1=<hex>`, with a second v1 for 24 hours after the secret was rotated.
func isAuthentic(header string, body []byte) bool {
	parts := strings.Split(header, ",")
	stamp, found := strings.CutPrefix(parts[0], "t=")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if !found || err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 300*time.Second {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	expected := mac.Sum(nil)
	for _, part := range parts[1:] {
		given, err := hex.DecodeString(strings.TrimPrefix(part, "v1="))
		if err == nil && hmac.Equal(given, expected) {
			return true
		}
	}
	return false
}

type event struct {
	ID   string          `json:"id"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

type accepted struct {
	ID   string          `json:"event_id"`
	Type string          `json:"event_type"`
	Data json.RawMessage `json:"data"`
}

var (
	seen       = map[string]bool{} // keep this in your database, in the transaction that handles the event
	oneAtATime sync.Mutex
)

func receive(w http.ResponseWriter, r *http.Request) {
	// The bytes as they came: parsed and printed again, they are others.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil || !isAuthentic(r.Header.Get("X-Driftstack-Signature"), body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	if !seen[e.ID] {
		seen[e.ID] = true
		json.NewEncoder(os.Stdout).Encode(accepted(e))
	}
	w.WriteHeader(http.StatusNoContent) // also for one seen before: anything else is sent again
}

func main() {
	if len(secret) == 0 {
		log.Fatal("WEBHOOK_SECRET is missing")
	}
	port := cmp.Or(os.Getenv("PORT"), "9000")
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, http.HandlerFunc(receive)))
}
