// A backend beside the controller; README.md tells what it does. `go run .`, Go 1.22 or newer.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

const largestBody = 1 << 20

var (
	controller  = os.Getenv("CONTROLLER_URL")
	token       = os.Getenv("CONTROLLER_TOKEN")
	application = os.Getenv("APPLICATION")
	callbackKey = []byte(os.Getenv("CALLBACK_KEY"))
	client      = &http.Client{Timeout: 4 * time.Second} // TRTC itself waits 5 s
)

// askController answers the controller's HTTP status; 502 where it does not answer.
func askController(path string, body []byte, headers map[string]string) int {
	request, err := http.NewRequest(http.MethodPost, controller+path, bytes.NewReader(body))
	if err != nil {
		return http.StatusBadGateway
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, err := client.Do(request)
	if err != nil {
		return http.StatusBadGateway
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, largestBody)) // so that the connection is used again
	return answer.StatusCode
}

// callBegan: the app is in a call (onCallBegin). Check here that the caller is who may say so.
func callBegan(body []byte, _ http.Header) int {
	var call struct {
		RoomID string `json:"roomId"`
		CallID string `json:"callId"`
	}
	if json.Unmarshal(body, &call) != nil || call.RoomID == "" || call.CallID == "" {
		return http.StatusBadRequest
	}
	told, _ := json.Marshal(map[string]string{"application": application, "room": call.RoomID, "call": call.CallID})
	if askController("/calls", told, map[string]string{"Authorization": "Bearer " + token}) != http.StatusOK {
		return http.StatusBadGateway
	}
	return http.StatusNoContent
}

// roomCallback: TRTC tells of a room. The signature is over the raw bytes: nothing is parsed before it holds.
func roomCallback(body []byte, headers http.Header) int {
	mac := hmac.New(sha256.New, callbackKey)
	mac.Write(body)
	wanted := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(wanted), []byte(headers.Get("Sign"))) {
		return http.StatusUnauthorized
	}
	// Here the backend does what it does by itself: EventType 102 is the room's dismissal.
	passed := map[string]string{"Sign": headers.Get("Sign"), "SdkAppId": headers.Get("SdkAppId")}
	if askController("/callbacks", body, passed) != http.StatusOK {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

func serve(handler func([]byte, http.Header) int) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, largestBody))
		if err != nil {
			response.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		response.WriteHeader(handler(body, request.Header))
	}
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /calls/begin", serve(callBegan))
	routes.HandleFunc("POST /trtc/callbacks", serve(roomCallback))
	fmt.Printf("listening on http://%s\n", listener.Addr())
	server := &http.Server{Handler: routes, ReadTimeout: 5 * time.Second}
	log.Fatal(server.Serve(listener))
}
