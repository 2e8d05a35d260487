// The first route works as soon as the server does, the second asks for what nothing has asked for before.
package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"html/template"
	"mime"
	"net"
	"net/http"
	"os/user"
	"time"
)

func late(response http.ResponseWriter, request *http.Request) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		http.Error(response, err.Error(), 500)
		return
	}
	pool, err := x509.SystemCertPool()
	addresses, _ := net.DefaultResolver.LookupIPAddr(request.Context(), "localhost")
	port, _ := net.LookupPort("tcp", "imaps")
	current, _ := user.Current()
	json.NewEncoder(response).Encode(map[string]interface{}{
		"new_york":  time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC).In(zone).Format("15:04 MST"),
		"trust":     err == nil && len(pool.Subjects()) > 100,
		"addresses": len(addresses) > 0,
		"port":      port,
		"user":      current.Username,
		"type":      mime.TypeByExtension(".epub"),
		"digest":    fmt.Sprintf("%x", sha256.Sum256([]byte("ocislim"))),
	})
}

func main() {
	pages := template.Must(template.ParseFiles("pages/page.html"))
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) { pages.Execute(response, "Grüße & more") })
	http.HandleFunc("/late", late)
	panic(http.ListenAndServe(":8000", nil))
}
