// Command nri-program is a runtime made of NRI's own library, for `npm run test:nri`. It reads an object of JSON on each line of its
// standard input, and answers each by a line; docs/nri.md says what they are. It ends with its standard input.
//
//	go mod init nriprogram && go get github.com/containerd/nri@v0.12.5 && go build -o program .
//	go mod init nriprogram && go get github.com/containerd/nri@v0.8.0 && go build -tags nri08 -o program .
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/containerd/nri/pkg/adaptation"
	"github.com/containerd/nri/pkg/api"
	"google.golang.org/protobuf/proto"
)

// call is a line of the standard input.
type call struct {
	ID     int    `json:"id"`
	Op     string `json:"op"` // "event", "state", "synchronized" or "churn"
	Method string `json:"method"`
	Value  []byte `json:"value"`
	First  int    `json:"first"` // of "churn": the number of the first pod, and how many pods there are
	Count  int    `json:"count"`
}

// answer is a line of the standard output.
type answer struct {
	ID    int    `json:"id"`
	Value []byte `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
	Count int    `json:"count,omitempty"`
}

// runtime is a runtime that has a state, and no containers.
type runtime struct {
	sync.Mutex
	state        api.SynchronizeRequest
	synchronized int
	adaptation   *adaptation.Adaptation
	socket       string
	plugins      string
}

func (r *runtime) start() error {
	made, err := adaptation.New("program", "1+unknown", r.synchronize, r.update,
		adaptation.WithSocketPath(r.socket), adaptation.WithPluginPath(r.plugins))
	if err != nil {
		return err
	}
	r.adaptation = made
	return made.Start()
}

func (r *runtime) synchronize(ctx context.Context, synchronize adaptation.SyncCB) error {
	r.Lock()
	pods, containers := r.state.Pods, r.state.Containers
	r.Unlock()
	if _, err := synchronize(ctx, pods, containers); err != nil {
		return err
	}
	r.Lock()
	r.synchronized++
	r.Unlock()
	return nil
}

// update makes all changes but those of a container called "fails".
func (r *runtime) update(_ context.Context, updates []*api.ContainerUpdate) ([]*api.ContainerUpdate, error) {
	var failed []*api.ContainerUpdate
	for _, one := range updates {
		if one.ContainerId == "fails" {
			failed = append(failed, one)
		}
	}
	return failed, nil
}

func (r *runtime) do(one call) answer {
	given := answer{ID: one.ID}
	// As containerd does: a plugin is either synchronized before an event, or after it.
	defer r.adaptation.BlockPluginSync().Unblock()
	var err error
	switch one.Op {
	case "event":
		var message proto.Message
		if message, err = r.event(one.Method, one.Value); err == nil && message != nil {
			given.Value, err = proto.Marshal(message)
		}
	case "state":
		r.Lock()
		r.state.Reset()
		err = proto.Unmarshal(one.Value, &r.state)
		r.Unlock()
	case "churn":
		err = r.churn(one.First, one.Count, one.Value)
	case "synchronized":
		r.Lock()
		given.Count = r.synchronized
		r.Unlock()
	default:
		err = fmt.Errorf("there is no %q", one.Op)
	}
	if err != nil {
		given.Error = err.Error()
	}
	return given
}

func main() {
	r := &runtime{socket: os.Args[1], plugins: os.Args[2]}
	if err := r.start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	out.Encode(map[string]string{"nri": version})
	lines := bufio.NewReader(os.Stdin)
	decoder := json.NewDecoder(lines)
	for {
		var one call
		if err := decoder.Decode(&one); err != nil {
			r.adaptation.Stop()
			return
		}
		out.Encode(r.do(one))
	}
}

// decoded is a message of some bytes.
func decoded[M proto.Message](bytes []byte, message M) (M, error) {
	return message, proto.Unmarshal(bytes, message)
}
